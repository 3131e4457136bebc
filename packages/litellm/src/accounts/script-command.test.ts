import fc from 'fast-check';
import { Command } from 'ioredis';
import { expect, test } from 'vitest';
import { ScriptCommand, writtenArguments } from './script-command.ts';

const argument = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constantFrom('', 'é', 'a\r\n$1', '😀'));

test('a script is called as by ioredis, whatever part of its arguments was written before', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('eval' as const, 'evalsha' as const),
      fc.array(fc.string()),
      ...[fc.array(argument), fc.array(argument), fc.array(argument)],
      (name, keys, before, written, after) => {
        const plain = new Command(name, ['return 1', keys.length, ...keys, ...before, ...written, ...after]);
        const own = new ScriptCommand(name, 'return 1', keys, [...before, writtenArguments(written), ...after]);
        expect(own.toWritable()).toBe(plain.toWritable({}));
      },
    ),
  );
});
