import ts from 'typescript';

/** One small change of a source file that ought to be noticed. */
export interface Mutant {
  /** From the root of the repository. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What is replaced: characters of the source, the end not included. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** `condition`, `text`, …: which rule made it. */
  readonly rule: string;
}

type Change = readonly [rule: string, node: { readonly start: number; readonly end: number }, replacement: string];

const K = ts.SyntaxKind;

/** Operators and what stands in for them. */
const operators: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [K.EqualsEqualsEqualsToken, '!=='],
  [K.ExclamationEqualsEqualsToken, '==='],
  [K.LessThanToken, '<='],
  [K.LessThanEqualsToken, '<'],
  [K.GreaterThanToken, '>='],
  [K.GreaterThanEqualsToken, '>'],
  [K.AmpersandAmpersandToken, '||'],
  [K.BarBarToken, '&&'],
  [K.QuestionQuestionToken, '&&'],
  [K.PlusToken, '-'],
  [K.MinusToken, '+'],
  [K.AsteriskToken, '/'],
  [K.SlashToken, '*'],
  [K.PlusEqualsToken, '-='],
]);

/** Methods whose result could be taken for what they were called on. */
const droppable = new Set([
  'filter',
  'sort',
  'reverse',
  'slice',
  'trim',
  'toLowerCase',
  'toUpperCase',
  'replace',
  'replaceAll',
]);

/** Every mutant of a TypeScript file, in the order of the source. What has no code at run time has none. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    for (const [rule, { start, end }, replacement] of changesOf(node, tree)) {
      const line = tree.getLineAndCharacterOfPosition(start).line + 1;
      mutants.push({ file, line, start, end, replacement, rule });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return mutants;
}

function changesOf(node: ts.Node, tree: ts.SourceFile): readonly Change[] {
  const whole = rangeOf(node, tree);
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return conditionChanges(node.expression, tree);
  if (ts.isConditionalExpression(node)) return conditionChanges(node.condition, tree);
  if (ts.isBinaryExpression(node)) return operatorChanges(node.operatorToken, tree);
  if (ts.isPrefixUnaryExpression(node)) {
    const isSign = node.operator === K.ExclamationToken || node.operator === K.MinusToken;
    return isSign ? [['sign', { start: whole.start, end: whole.start + 1 }, ' ']] : [];
  }
  if (node.kind === K.TrueKeyword) return [['truth', whole, 'false']];
  if (node.kind === K.FalseKeyword) return [['truth', whole, 'true']];
  if (ts.isNumericLiteral(node) && !isName(node)) return [['number', whole, `(${node.text} + 1)`]];
  if (ts.isStringLiteral(node) && !isName(node)) return [['text', whole, node.text === '' ? "'mutated'" : "''"]];
  if (ts.isNoSubstitutionTemplateLiteral(node)) return [['text', whole, "''"]];
  if (ts.isTemplateExpression(node)) return [['text', whole, "''"]];
  if (ts.isArrayLiteralExpression(node) && isValue(node)) {
    return node.elements.length > 0 ? [['list', whole, '[]']] : [];
  }
  if (ts.isObjectLiteralExpression(node) && isValue(node)) {
    return node.properties.length > 0 ? [['object', whole, '({})']] : [];
  }
  if (ts.isBlock(node) && ts.isFunctionLike(node.parent)) {
    return node.statements.length > 0 ? [['body', whole, '{}']] : [];
  }
  if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) return [['call', whole, ';']];
  if (ts.isCallExpression(node)) return methodChanges(node, tree);
  return [];
}

function conditionChanges(condition: ts.Expression, tree: ts.SourceFile): readonly Change[] {
  const range = rangeOf(condition, tree);
  return [
    ['condition', range, 'true'],
    ['condition', range, 'false'],
  ];
}

function operatorChanges(token: ts.Node, tree: ts.SourceFile): readonly Change[] {
  const replacement = operators.get(token.kind);
  return replacement === undefined ? [] : [['operator', rangeOf(token, tree), replacement]];
}

function methodChanges(node: ts.CallExpression, tree: ts.SourceFile): readonly Change[] {
  const { expression } = node;
  if (!ts.isPropertyAccessExpression(expression) || !droppable.has(expression.name.text)) return [];
  return [['method', { start: expression.expression.getEnd(), end: rangeOf(node, tree).end }, '']];
}

/** A name in a destructuring or of a field is no value. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  return (ts.isPropertyAssignment(parent) && parent.name === node) || ts.isLiteralTypeNode(parent);
}

/** What an assignment takes apart looks like a value. */
function isValue(node: ts.Node): boolean {
  return !(ts.isBinaryExpression(node.parent) && node.parent.left === node);
}

function rangeOf(node: ts.Node, tree: ts.SourceFile): { readonly start: number; readonly end: number } {
  return { start: node.getStart(tree), end: node.getEnd() };
}
