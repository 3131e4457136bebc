import { invalid } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';
import { createViolations, type Violations } from './violations.ts';

/** Patterns of names, of tags and of what a variant tells of itself. Source: botocore 1.43.126, bedrock-agent/2023-06-05 (read 2026-11-23). */
const NAME = '([0-9a-zA-Z][_-]?){1,100}';
const LABEL = '[a-zA-Z0-9\\s._:/=+@-]*';
const KMS_KEY = 'arn:aws(|-cn|-us-gov):kms:[a-zA-Z0-9-]*:[0-9]{12}:key/[a-zA-Z0-9-]{36}';
const MODEL =
  '(arn:aws(-[^:]{1,12})?:(bedrock|sagemaker):[a-z0-9-]{1,20}:([0-9]{12})?:([a-z-]+/)?)?([a-zA-Z0-9.-]{1,63}){0,2}' +
  '(([:][a-z0-9-]{1,63}){0,2})?(/[a-z0-9]{1,12})?';
const CLIENT_TOKEN = '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,256}';

/**
 * How many variants a prompt may have. AWS's page of the product says three
 * (https://aws.amazon.com/bedrock/prompt-management/), the model of its API in botocore 1.43.126 and CloudFormation
 * say one (aws-cloudformation/cloudformation-coverage-roadmap#2330): we take the larger, so that several can be tried
 * (read 2026-11-23).
 */
const MAX_VARIANTS = 3;

/**
 * The limits of CreatePrompt and UpdatePrompt that the SDK's schemas leave out, for a body that has passed the schema
 * check. Throws ValidationException. Source: as for the patterns; where a rule is not a constraint there, the rule and
 * its wording are ours.
 */
export function checkPrompt(body: JsonObject): void {
  const violations = createViolations();
  violations.text(body['name'], 'name', { pattern: NAME });
  violations.text(body['defaultVariant'], 'defaultVariant', { pattern: NAME });
  violations.text(body['customerEncryptionKeyArn'], 'customerEncryptionKeyArn', { pattern: KMS_KEY });
  violations.count(body['variants'], 'variants', 0, MAX_VARIANTS);
  visitCommon(body, violations);
  const variants = listOf(body['variants']).map(objectOf);
  for (const [at, variant] of variants.entries()) visitVariant(variant, `variants.${at + 1}.member`, violations);
  violations.throwIfAny();

  const names = variants.map((variant) => stringOf(variant['name']) ?? '');
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(`The variant name ${twice} is used more than once.`);
  const chosen = stringOf(body['defaultVariant']);
  if (chosen !== undefined && !names.includes(chosen)) {
    throw invalid(`The defaultVariant ${chosen} is not the name of a variant of the prompt.`);
  }
  for (const [at, variant] of variants.entries()) {
    const kind = stringOf(variant['templateType'])?.toLowerCase() ?? '';
    if (objectOf(variant['templateConfiguration'])[kind] === undefined) {
      throw invalid(
        `The templateConfiguration of variants.${at} is not that of the templateType ${kind.toUpperCase()}.`,
      );
    }
  }
}

/** The limits of what CreatePromptVersion brings. Throws ValidationException. */
export function checkPromptVersion(body: JsonObject): void {
  const violations = createViolations();
  visitCommon(body, violations);
  violations.throwIfAny();
}

/** The limits of tags. Throws ValidationException. */
export function checkTags(tags: JsonValue | undefined): void {
  const violations = createViolations();
  visitTags(tags, violations);
  violations.throwIfAny();
}

function visitCommon(body: JsonObject, violations: Violations): void {
  violations.text(body['description'], 'description', { min: 1, max: 200 });
  violations.text(body['clientToken'], 'clientToken', { min: 33, max: 256, pattern: CLIENT_TOKEN });
  visitTags(body['tags'], violations);
}

function visitTags(tags: JsonValue | undefined, violations: Violations): void {
  for (const [key, value] of Object.entries(objectOf(tags))) {
    violations.text(key, 'tags.key', { min: 1, max: 128, pattern: LABEL });
    violations.text(value, `tags.${key}`, { max: 256, pattern: LABEL });
  }
}

function visitVariant(variant: JsonObject, place: string, violations: Violations): void {
  violations.text(variant['name'], `${place}.name`, { pattern: NAME });
  violations.text(variant['modelId'], `${place}.modelId`, { min: 1, max: 2048, pattern: MODEL });
  violations.count(variant['metadata'], `${place}.metadata`, 0, 50);
  for (const [at, entry] of listOf(variant['metadata']).entries()) {
    const { key, value } = objectOf(entry);
    violations.text(key, `${place}.metadata.${at + 1}.member.key`, { min: 1, max: 128, pattern: LABEL });
    violations.text(value, `${place}.metadata.${at + 1}.member.value`, { max: 1024, pattern: LABEL });
  }
  const inference = objectOf(objectOf(variant['inferenceConfiguration'])['text']);
  const inferencePlace = `${place}.inferenceConfiguration.text`;
  violations.number(inference['temperature'], `${inferencePlace}.temperature`, 0, 1);
  violations.number(inference['topP'], `${inferencePlace}.topP`, 0, 1);
  violations.number(inference['maxTokens'], `${inferencePlace}.maxTokens`, 0);
  violations.count(inference['stopSequences'], `${inferencePlace}.stopSequences`, 0, 4);
  const { text, chat } = objectOf(variant['templateConfiguration']);
  if (isObject(text)) visitText(text, `${place}.templateConfiguration.text`, violations);
  if (isObject(chat)) visitChat(chat, `${place}.templateConfiguration.chat`, violations);
}

function visitText(template: JsonObject, place: string, violations: Violations): void {
  violations.text(template['text'], `${place}.text`, { min: 1 });
  visitVariables(template, place, violations);
}

function visitChat(template: JsonObject, place: string, violations: Violations): void {
  visitVariables(template, place, violations);
  for (const [at, block] of listOf(template['system']).entries()) {
    violations.text(objectOf(block)['text'], `${place}.system.${at + 1}.member.text`, { min: 1 });
  }
  for (const [at, message] of listOf(template['messages']).entries()) {
    const role = objectOf(message)['role'];
    violations.text(role, `${place}.messages.${at + 1}.member.role`, { values: ['user', 'assistant'] });
  }
  const { tools, toolChoice } = objectOf(template['toolConfiguration']);
  const toolPlace = `${place}.toolConfiguration`;
  violations.count(tools, `${toolPlace}.tools`, 1, Number.POSITIVE_INFINITY);
  const toolName = { min: 1, max: 64, pattern: '[a-zA-Z][a-zA-Z0-9_]*' };
  for (const [at, tool] of listOf(tools).entries()) {
    const { name, description } = objectOf(objectOf(tool)['toolSpec']);
    const specPlace = `${toolPlace}.tools.${at + 1}.member.toolSpec`;
    violations.text(name, `${specPlace}.name`, toolName);
    violations.text(description, `${specPlace}.description`, { min: 1 });
  }
  const chosen = objectOf(objectOf(toolChoice)['tool'])['name'];
  violations.text(chosen, `${toolPlace}.toolChoice.tool.name`, toolName);
}

function visitVariables(template: JsonObject, place: string, violations: Violations): void {
  violations.count(template['inputVariables'], `${place}.inputVariables`, 0, 20);
  for (const [at, variable] of listOf(template['inputVariables']).entries()) {
    violations.text(objectOf(variable)['name'], `${place}.inputVariables.${at + 1}.member.name`, { pattern: NAME });
  }
}
