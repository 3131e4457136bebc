type Fields = Readonly<Record<string, unknown>>;

const ENDS = ['response.completed', 'response.incomplete', 'response.failed'];

/**
 * Everything that is wrong with the events of one response, by what OpenAI documents of them: they are numbered from 0, begin
 * and end once, items and parts begin before their deltas and end after them, and the deltas of each text are the text. Shares
 * no code with the translation.
 */
export function eventViolations(events: readonly unknown[]): readonly string[] {
  return new EventReader().read(events.map((event) => event as Fields));
}

/** What a client knows of an item that has begun and not ended. */
interface Reading {
  readonly item: Fields;
  /** Texts by the kind of part and its index. */
  readonly texts: Map<string, string>;
  readonly doneTexts: Map<string, unknown>;
  readonly openParts: Set<string>;
  readonly annotations: unknown[];
  readonly parts: unknown[];
}

class EventReader {
  readonly #found: string[] = [];
  readonly #open = new Map<number, Reading>();
  readonly #done = new Map<number, Fields>();
  #response: Fields | undefined;
  #end: Fields | undefined;

  read(events: readonly Fields[]): readonly string[] {
    for (const [at, event] of events.entries()) {
      if (event['sequence_number'] !== at) this.#found.push(`event ${at} has the number ${event['sequence_number']}`);
      if (this.#end !== undefined) this.#found.push(`${event['type']} comes after the end`);
      this.#event(String(event['type']), event, at);
    }
    if (events.length > 0 && this.#end === undefined) this.#found.push('the response has no end');
    if (this.#open.size > 0) this.#found.push(`items ${[...this.#open.keys()]} have no end`);
    return this.#found;
  }

  #event(type: string, event: Fields, at: number): void {
    if (at === 0 && type !== 'response.created') this.#found.push('the first event is no response.created');
    if (at === 1 && type !== 'response.in_progress') this.#found.push('the second event is no response.in_progress');
    if (type === 'response.created' || type === 'response.in_progress') this.#begun(type, event, at);
    else if (ENDS.includes(type)) this.#ended(type, event);
    else if (type === 'error') this.#open.clear();
    else if (type === 'response.output_item.added') this.#added(event);
    else if (type === 'response.output_item.done') this.#itemDone(event);
    else this.#within(type, event);
  }

  #begun(type: string, event: Fields, at: number): void {
    const response = event['response'] as Fields;
    if (at > 1) this.#found.push(`${type} comes a second time`);
    if (response['status'] !== 'in_progress') this.#found.push(`${type} with the status ${response['status']}`);
    if ((response['output'] as unknown[]).length > 0) this.#found.push(`${type} has output`);
    this.#response = response;
  }

  #ended(type: string, event: Fields): void {
    const response = event['response'] as Fields;
    this.#end = response;
    if (`response.${response['status']}` !== type) this.#found.push(`${type} with the status ${response['status']}`);
    for (const field of ['id', 'created_at', 'model', 'object']) {
      if (response[field] !== this.#response?.[field]) this.#found.push(`${field} has changed`);
    }
    if (type === 'response.failed') return;
    const output = response['output'] as readonly Fields[];
    const done = [...this.#done].sort(([one], [other]) => one - other).map(([, item]) => item);
    if (JSON.stringify(output) !== JSON.stringify(done)) this.#found.push('the output is not what the items were');
  }

  #added(event: Fields): void {
    const item = event['item'] as Fields;
    const index = Number(event['output_index']);
    if (index !== this.#open.size + this.#done.size) this.#found.push(`the item ${index} is not the next one`);
    if (item['status'] !== 'in_progress') this.#found.push(`a new item has the status ${item['status']}`);
    const [texts, doneTexts] = [new Map<string, string>(), new Map<string, unknown>()];
    this.#open.set(index, { item, texts, doneTexts, openParts: new Set(), annotations: [], parts: [] });
  }

  #within(type: string, event: Fields): void {
    const reading = this.#open.get(Number(event['output_index']));
    if (reading === undefined) {
      this.#found.push(`${type} outside of its item`);
      return;
    }
    if (event['item_id'] !== reading.item['id']) this.#found.push(`${type} names another item`);
    const part = String(event['content_index'] ?? event['summary_index'] ?? 'whole');
    const [, kind = type, what] = /^response\.(\w+?)(?:_part)?\.(?:annotation\.)?(added|delta|done)$/.exec(type) ?? [];
    const isPart = /part\.(?:added|done)$/.test(type);
    if (type.endsWith('annotation.added')) {
      if (event['annotation_index'] !== reading.annotations.length) this.#found.push('annotations are not in order');
      reading.annotations.push(event['annotation']);
    } else if (isPart && what === 'added') reading.openParts.add(part);
    else if (isPart) {
      reading.openParts.delete(part);
      reading.parts.push(event['part']);
      const { text } = event['part'] as Fields;
      const joined = [...reading.texts].find(([key]) => key.endsWith(`.${part}`))?.[1] ?? '';
      if (text !== joined)
        this.#found.push(`a part is ${JSON.stringify(text)} and its deltas ${JSON.stringify(joined)}`);
    } else if (what === 'delta') {
      if (part !== 'whole' && !reading.openParts.has(part)) this.#found.push(`${type} outside of its part`);
      if (event['delta'] === '') this.#found.push(`${type} is empty`);
      const key = `${kind}.${part}`;
      reading.texts.set(key, (reading.texts.get(key) ?? '') + String(event['delta']));
    } else {
      const key = `${kind}.${part}`;
      const text = event['text'] ?? event['arguments'] ?? event['input'];
      if (text !== (reading.texts.get(key) ?? '')) this.#found.push(`${type} is not what its deltas were`);
      reading.doneTexts.set(part, text);
    }
  }

  #itemDone(event: Fields): void {
    const index = Number(event['output_index']);
    const reading = this.#open.get(index);
    const item = event['item'] as Fields;
    this.#open.delete(index);
    this.#done.set(index, item);
    if (reading === undefined) {
      this.#found.push(`the item ${index} ends without having begun`);
      return;
    }
    if (reading.openParts.size > 0) this.#found.push(`parts of the item ${index} have no end`);
    for (const field of ['id', 'type', 'call_id', 'name']) {
      if (item[field] !== reading.item[field]) this.#found.push(`${field} of the item ${index} has changed`);
    }
    const parts = (item['content'] ?? item['summary'] ?? []) as unknown[];
    const told = JSON.stringify(item['type'] === 'reasoning' && parts.length === 0 ? item['summary'] : parts);
    if (told !== JSON.stringify(reading.parts)) this.#found.push(`the item ${index} is not what its parts were`);
    const whole = item['arguments'] ?? item['input'];
    if (whole !== undefined && whole !== reading.doneTexts.get('whole')) {
      this.#found.push(`the item ${index} is not what its arguments were`);
    }
    if (item['type'] === 'message') {
      const [part] = item['content'] as readonly Fields[];
      if (JSON.stringify(part?.['annotations']) !== JSON.stringify(reading.annotations)) {
        this.#found.push(`the item ${index} has other annotations`);
      }
    }
  }
}
