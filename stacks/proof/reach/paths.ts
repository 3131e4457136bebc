import type { Edge, Graph } from './graph.ts';

/** A way from one to another that a request, or a connection, can take. */
export interface Path {
  readonly edges: readonly Edge[];
  /** The paths of URLs that it takes, as patterns; undefined: any. */
  readonly urls: readonly string[] | undefined;
}

/**
 * Every way from one node to another, without passing a node twice. A way that asks for a header is open only to who sends it: a
 * sender on the way with one of the values. A value that is not a reference to a secret anybody could send.
 */
export function pathsBetween(graph: Graph, from: string, to: string): readonly Path[] {
  const found: Path[] = [];
  const walk = (here: string, taken: readonly Edge[], urls: Path['urls']): void => {
    if (here === to && taken.length > 0) {
      found.push({ edges: taken, urls });
      return;
    }
    for (const edge of graph.edges) {
      if (edge.from !== here || edge.to === from || taken.some((each) => each.from === edge.to)) continue;
      const carried = taken.flatMap((each) => each.sends);
      const opens = (edge.demands?.headers ?? []).every(({ name, values }) =>
        values.some((value) => !isSecret(value) || carried.some((sent) => sent.name === name && sent.value === value)),
      );
      if (opens) walk(edge.to, [...taken, edge], edge.demands?.paths ?? urls);
    }
  };
  walk(from, [], undefined);
  return found;
}

/** Whether a value is read from Secrets Manager at deployment, so that nobody outside knows it. */
export function isSecret(value: string): boolean {
  return /\{\{resolve:secretsmanager:/.test(value) && !/[*?]/.test(value.replace(/\{\{[^}]*\}\}/g, ''));
}

/** A path for people, a hop per line. */
export function describePath({ edges, urls }: Path): string {
  const hops = edges.map((edge) => `${edge.from} → ${edge.to} (${edge.why})`);
  return [...hops, ...(urls === undefined ? [] : [`for ${urls.join(', ')}`])].join('; ');
}
