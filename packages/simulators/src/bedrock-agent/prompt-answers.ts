import {
  CreatePromptRequest$,
  CreatePromptVersionRequest$,
  TagResourceRequest$,
  UpdatePromptRequest$,
} from '@aws-sdk/client-bedrock-agent';
import { invalid } from '../errors.ts';
import { type JsonObject, objectOf, stringOf } from '../json.ts';
import { type Answerable, parseModelled, silent } from '../operations.ts';
import { planReply } from '../reply/plan.ts';
import { checkAgainstSchema, constraintError } from '../wire/schema-check.ts';
import type { Found, PromptFields } from './prompt-account.ts';
import { DRAFT, promptIdentifier } from './prompt-identifier.ts';
import type { PromptRoute } from './prompt-routes.ts';
import { checkPrompt, checkPromptVersion, checkTags } from './prompt-rules.ts';
import type { PromptService } from './prompt-service.ts';
import { createViolations } from './violations.ts';

/** A page has no more than this, whatever was asked for. Source: `PromptSummaries`, as for the paths (read 2026-11-23). */
const MAX_SUMMARIES = 10;

/**
 * What an operation on prompts answers; a script may bring a fault. The request is checked at once, and takes effect
 * when the body is made, so that a request that failed by script has changed nothing. Throws `BedrockError`.
 */
export function preparePrompts(
  route: PromptRoute,
  bytes: Buffer,
  service: PromptService,
  region: string | undefined,
): Answerable {
  const body = understand(route, bytes, service, region);
  return {
    plan: (script) => planReply(silent(0, ''), { text: '', ...script }),
    body,
    events: () => [],
  };
}

function understand(
  { operation, modelId, query }: PromptRoute,
  bytes: Buffer,
  { account, once, ownRegion }: PromptService,
  region: string | undefined,
): () => JsonObject {
  switch (operation) {
    case 'create-prompt': {
      const body = parseModelled(bytes);
      checkAgainstSchema(body, CreatePromptRequest$);
      checkPrompt(body);
      const fields = fieldsOf(body);
      return once(operation, body, () => describe(account.create(region ?? ownRegion, fields, objectOf(body['tags']))));
    }
    case 'get-prompt': {
      const prompt = promptIdentifier(modelId, 'promptIdentifier');
      const version = versionOf(query, '(DRAFT|[0-9]{0,4}[1-9][0-9]{0,4})');
      const violations = createViolations();
      const included = query.get('includedData');
      violations.text(included, 'includedData', { values: ['ALL_DATA', 'METADATA_ONLY'] });
      violations.throwIfAny();
      return () => {
        const { variants, ...metadata } = describe(account.find(prompt, region, version));
        return included === 'METADATA_ONLY' || variants === undefined ? metadata : { ...metadata, variants };
      };
    }
    case 'list-prompts': {
      const given = query.get('promptIdentifier');
      const prompt = given === null ? undefined : promptIdentifier(given, 'promptIdentifier');
      const { from, size } = pageOf(query);
      return () => {
        const all = prompt === undefined ? account.drafts(region) : account.revisions(prompt, region);
        const end = from + size;
        return {
          promptSummaries: all.slice(from, end).map(summarize),
          ...(end < all.length ? { nextToken: tokenOf(end) } : {}),
        };
      };
    }
    case 'update-prompt': {
      const prompt = promptIdentifier(modelId, 'promptIdentifier');
      const body = parseModelled(bytes);
      checkAgainstSchema(body, UpdatePromptRequest$);
      checkPrompt(body);
      return () => describe(account.update(prompt, region, fieldsOf(body)));
    }
    case 'delete-prompt': {
      const prompt = promptIdentifier(modelId, 'promptIdentifier');
      const version = versionOf(query, '[0-9]{1,5}');
      return () => {
        account.remove(prompt, region, version);
        return { id: prompt.id, ...(version === undefined ? {} : { version }) };
      };
    }
    case 'create-prompt-version': {
      const prompt = promptIdentifier(modelId, 'promptIdentifier');
      const body = parseModelled(bytes);
      checkAgainstSchema(body, CreatePromptVersionRequest$);
      checkPromptVersion(body);
      const changed = { description: stringOf(body['description']), tags: objectOf(body['tags']) };
      return once(operation, body, () => describe(account.publish(prompt, region, changed)));
    }
    case 'list-tags-for-resource': {
      const prompt = promptIdentifier(modelId, 'resourceArn');
      return () => ({ tags: account.find(prompt, region).revision.tags });
    }
    case 'tag-resource': {
      const prompt = promptIdentifier(modelId, 'resourceArn');
      const body = parseModelled(bytes);
      checkAgainstSchema(body, TagResourceRequest$);
      checkTags(body['tags']);
      return () => {
        const { tags } = account.find(prompt, region).revision;
        account.tag(prompt, region, { ...tags, ...objectOf(body['tags']) });
        return {};
      };
    }
    case 'untag-resource': {
      const prompt = promptIdentifier(modelId, 'resourceArn');
      const keys = query.getAll('tagKeys');
      if (keys.length === 0) {
        throw constraintError(["Value at 'tagKeys' failed to satisfy constraint: Member must not be null"]);
      }
      return () => {
        const { tags } = account.find(prompt, region).revision;
        account.tag(prompt, region, Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key))));
        return {};
      };
    }
  }
}

const FIELDS = ['name', 'description', 'customerEncryptionKeyArn', 'defaultVariant', 'variants'];

/** The part of a checked request that says what the prompt is. */
function fieldsOf(body: JsonObject): PromptFields {
  const given = Object.entries(body).filter(([key, value]) => FIELDS.includes(key) && value !== null);
  return { ...Object.fromEntries(given), name: stringOf(body['name']) ?? '' };
}

function describe({ id, arn, version, revision: { fields, createdAt, updatedAt } }: Found): JsonObject {
  return { ...fields, id, arn, version, createdAt, updatedAt };
}

function summarize(found: Found): JsonObject {
  const { variants: _variants, defaultVariant: _default, customerEncryptionKeyArn: _key, ...summary } = describe(found);
  return summary;
}

function versionOf(query: URLSearchParams, pattern: string): string | undefined {
  const version = query.get('promptVersion') ?? undefined;
  const violations = createViolations();
  violations.text(version, 'promptVersion', { pattern });
  violations.throwIfAny();
  return version === undefined || version === DRAFT ? version : String(Number(version));
}

function pageOf(query: URLSearchParams): { readonly from: number; readonly size: number } {
  const asked = Number(query.get('maxResults') ?? MAX_SUMMARIES);
  if (!Number.isInteger(asked)) throw invalid('maxResults must be a whole number.');
  const violations = createViolations();
  violations.number(asked, 'maxResults', 1, 1_000);
  violations.throwIfAny();
  const token = query.get('nextToken');
  const decoded = token === null ? '0' : Buffer.from(token, 'base64url').toString('utf8');
  const from = Number(decoded);
  if (!/^\d+$/.test(decoded) || (token !== null && tokenOf(from) !== token)) throw invalid('The nextToken is invalid.');
  return { from, size: Math.min(asked, MAX_SUMMARIES) };
}

/** Where the next page begins, in a form that nobody takes for a number to count with. */
function tokenOf(from: number): string {
  return Buffer.from(String(from)).toString('base64url');
}
