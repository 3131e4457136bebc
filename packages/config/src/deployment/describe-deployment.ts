import { describeGatewayConfig } from '../gateway-config.ts';
import { handedThrough, setByTheStacks } from './gateway-variables.ts';
import { deploymentSchema, providerKeyNames, type VariableName, variableGroups } from './variables.ts';

/** One variable for people to read. */
export interface DescribedVariable {
  readonly name: string;
  /** As it would be written; empty: none. */
  readonly default: string;
  readonly meaning: string;
  readonly isSecret: boolean;
}

/** The variables of a deployment for the documentation, by subject. */
export function describeDeployment(): {
  readonly groups: readonly { readonly title: string; readonly variables: readonly DescribedVariable[] }[];
  /** Variables of the gateway that are handed through. */
  readonly handedThrough: readonly string[];
  /** Variables of the gateway that the stacks set, with the reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
} {
  const ofGateway = new Set(describeGatewayConfig().map(({ name }) => name));
  return {
    groups: Object.values(variableGroups).map(({ title, variables }) => ({
      title,
      variables: (Object.keys(variables) as VariableName[]).map(describeVariable),
    })),
    handedThrough: handedThrough(),
    refused: Object.entries(setByTheStacks)
      .filter(([name]) => ofGateway.has(name))
      .map(([name, reason]) => ({ name, reason })),
  };
}

function describeVariable(name: VariableName): DescribedVariable {
  const type = deploymentSchema.shape[name];
  const unset: unknown = type.parse(undefined);
  return {
    name,
    default: unset === undefined ? '' : String(unset),
    meaning: type.description ?? '',
    isSecret: (providerKeyNames as readonly string[]).includes(name),
  };
}

/** What is wrong with a value, in words that follow the variable's name; undefined: nothing, or nobody here reads it. */
export function faultOfValue(name: string, value: string): string | undefined {
  const type = Object.entries(deploymentSchema.shape).find(([each]) => each === name)?.[1];
  if (type === undefined || value.trim() === '') return undefined;
  return type.safeParse(value.trim()).error?.issues[0]?.message;
}
