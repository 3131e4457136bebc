import { handedThrough, setByTheStacks } from './gateway-variables.ts';
import { variableNames } from './variables.ts';

/** What others read: AWS's SDKs, SST, Node and Docker. */
const ofOthers = /^(?:AWS|SST|CDK|NODE|NPM|DOCKER|HTTPS?|NO|BUILDKIT)_|^(?:NODE_ENV|CI|PATH|HOME|GATEWAY_PASS)$/;

/**
 * What is wrong with the names that stand in a file of variables: unknown ones, with the one that was meant where that can
 * be told. In a process's own environment nothing can be said about them.
 */
export function unknownVariables(names: readonly string[]): readonly string[] {
  const known = [...variableNames, ...handedThrough(), ...Object.keys(setByTheStacks)];
  const isKnown = new Set<string>(known);
  return names
    .filter((name) => !isKnown.has(name) && !ofOthers.test(name))
    .map((name) => {
      const meant = nearest(name, known);
      const mend =
        meant === undefined
          ? 'docs/deployment-variables.md has those that there are.'
          : `Did you mean ${meant}? If not, remove it.`;
      return `${name} is not a variable of a deployment. ${mend}`;
    });
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((each) => ({ each, steps: editSteps(name.toUpperCase(), each) }))
    .sort((left, right) => left.steps - right.steps);
  const [best] = ranked;
  return best !== undefined && best.steps <= Math.max(2, Math.floor(name.length / 5)) ? best.each : undefined;
}

/** How many letters have to be put in, taken out or changed to make one word the other (Levenshtein). */
function editSteps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...to].entries()) {
      const [left, above, diagonal] = [next[column] ?? 0, row[column + 1] ?? 0, row[column] ?? 0];
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
