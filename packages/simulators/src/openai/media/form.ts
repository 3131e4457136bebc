import type { JsonObject, JsonValue } from '../../json.ts';
import { badRequest } from '../errors.ts';

/** A file of a form. */
interface FormFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Form {
  /** Every field; of a name that comes twice a list; of a file `{ filename, type, bytes }`, its length in bytes. */
  readonly fields: JsonObject;
  readonly files: ReadonlyMap<string, FormFile>;
}

/** Reads `multipart/form-data`. Throws `OpenaiError` for a body that is none. */
export async function readForm(body: Buffer, contentType: string): Promise<Form> {
  const fields: Record<string, JsonValue> = {};
  const files = new Map<string, FormFile>();
  for (const [name, value] of await entriesOf(body, contentType)) {
    let field: JsonValue;
    if (typeof value === 'string') field = value;
    else {
      const bytes = Buffer.from(await value.arrayBuffer());
      files.set(name, { name: value.name, type: value.type, bytes });
      field = { filename: value.name, type: value.type, bytes: bytes.length };
    }
    const before = fields[name];
    fields[name] = before === undefined ? field : [before, field].flat();
  }
  return { fields, files };
}

async function entriesOf(body: Buffer, contentType: string): Promise<Iterable<[string, string | File]>> {
  try {
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
    return form.entries();
  } catch {
    throw badRequest('The body is not multipart/form-data.');
  }
}
