import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { changeOf, changesKeys } from './management-changes.ts';

describe('a call that succeeded changes what keys may do', () => {
  test.each([
    ['POST', '/key/delete', true],
    ['POST', '/key/update', true],
    ['POST', '/key/sk-1/regenerate', true],
    ['POST', '/key/bulk_update', true],
    ['POST', '/team/update', true],
    ['POST', '/team/member_delete', true],
    ['POST', '/user/delete', true],
    ['PATCH', '/v2/organization/o', true],
    ['POST', '/budget/update', true],
    ['POST', '/customer/block', true],
    ['DELETE', '/v1/access_group/a', true],
    ['PUT', '/scim/v2/Users/a', true],
    ['POST', '/model/delete', true],
    ['DELETE', '/management/v1/teams/t/members/bulk_delete', true],
    ['POST', '/jwt/key/mapping/new', true],
    ['GET', '/key/list', false],
    ['HEAD', '/key/list', false],
    ['POST', '/v2/key/info', false],
    ['POST', '/v1/chat/completions', false],
    ['POST', '/v1/models', false],
    ['POST', '/keys', false],
    ['POST', '/key/generate', false],
    ['POST', '/key/service-account/generate', false],
    ['POST', '/user/new', false],
    ['POST', '/team/new', false],
    ['POST', '/team/member_add', true],
  ])('%s %s: %s', (method, path, changes) => {
    expect(changesKeys(method, path)).toBe(changes);
  });
});

describe('what it changes', () => {
  const hashed = 'a'.repeat(64);
  const ofSecret = hash('sha256', 'sk-1', 'hex');
  test.each([
    ['/key/delete', { keys: ['sk-1', hashed, 'sk-1'] }, [ofSecret, hashed]],
    ['/key/update', { key: 'sk-1', models: [] }, [ofSecret]],
    ['/key/block', { key: hashed }, [hashed]],
    [`/key/${hashed}/regenerate`, {}, [hashed]],
    ['/key/delete', { key_aliases: ['mine'] }, 'any'],
    ['/key/update', { key_alias: 'mine' }, 'any'],
    ['/key/update', { key: 'neither' }, 'any'],
    ['/key/delete', { keys: 'sk-1' }, 'any'],
    ['/key/bulk_update', { key: 'sk-1' }, 'any'],
    ['/team/update', { key: hashed }, 'any'],
    ['/key/delete', [], 'any'],
  ])('%s %j: %j', (path, body, keys) => {
    expect(changeOf(path, JSON.stringify(body))).toEqual({ keys });
  });

  test.each([undefined, '', 'no JSON'])('a body of %j: any', (body) => {
    expect(changeOf('/key/delete', body)).toEqual({ keys: 'any' });
  });
});
