import type { System } from '../system.ts';
import { Graph } from './graph.ts';

const graphs = new WeakMap<System, Graph>();

/** The graph of a system, made once. */
export function graphOf(system: System): Graph {
  const graph = graphs.get(system) ?? new Graph(system);
  graphs.set(system, graph);
  return graph;
}
