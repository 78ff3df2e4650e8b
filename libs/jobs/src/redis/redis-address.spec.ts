import { describe, expect, test } from '@jest/globals';
import { redisAddress } from './redis-address.js';

const AT = { host: 'h', port: 6_379, db: 0 };

describe('the address of Redis', () => {
  test.each([
    ['redis://h', AT, 'redis://h:6379/0'],
    ['redis://h/', AT, 'redis://h:6379/0'],
    ['redis://h:7000/3', { ...AT, port: 7_000, db: 3 }, 'redis://h:7000/3'],
    ['redis://:secret@h', { ...AT, password: 'secret' }, 'redis://h:6379/0'],
    ['redis://user:s%40%2F%3A@h', { ...AT, username: 'user', password: 's@/:' }, 'redis://h:6379/0'],
    ['rediss://h', { ...AT, tls: {} }, 'rediss://h:6379/0'],
    ['redis://[::1]:7000', { ...AT, host: '::1', port: 7_000 }, 'redis://[::1]:7000/0'],
  ])('%s', (url, options, shown) => {
    expect(redisAddress(url)).toEqual({ options, shown });
  });

  test.each([
    ['', 'must be a URL'],
    ['h:6379', 'must start with redis:// or rediss://'],
    ['https://:S3cr3t@h', 'must start with redis:// or rediss://'],
    ['redis://:S3cr3t@h/tidewatch', 'must have a host, and after it at most the number of a database'],
    ['redis://:S3cr3t@h/1/2', 'must have a host, and after it at most the number of a database'],
    ['redis:///1', 'must have a host, and after it at most the number of a database'],
    ['redis://:S3cr3t@h?db=1', 'must not have parameters'],
    ['redis://:S3cr3t%zz@h', 'must have user and password percent-encoded (URI malformed)'],
  ])('%s is refused, and not repeated', (url, problem) => {
    let error: unknown;
    try {
      redisAddress(url);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'jobs.redis-url', message: `The address of Redis ${problem}.` });
    expect(String((error as Error).stack)).not.toContain('S3cr3t');
  });
});
