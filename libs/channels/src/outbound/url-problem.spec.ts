import { describe, expect, test } from '@jest/globals';
import { destinationPolicy } from './destination-policy.js';
import { urlProblem } from './url-problem.js';

const SECRET = 'S3cr3tS3cr3tS3cr3t';

describe('without private destinations', () => {
  const policy = destinationPolicy([]);

  test.each<[url: string, problem: RegExp]>([
    ['hooks.example.com', /no URL/],
    ['', /no URL/],
    ['https://', /no URL/],
    ['ftp://hooks.example.com/', /neither https/],
    ['file:///etc/passwd', /neither https/],
    ['javascript:alert(1)', /neither https/],
    ['https://user:pass@hooks.example.com/', /user name or password/],
    ['https://user@hooks.example.com/', /user name or password/],
    ['http://hooks.example.com/', /without TLS/],
    ['https://localhost/', /private destination \(name\)/],
    ['https://LOCALHOST./', /private destination \(name\)/],
    ['https://db.localhost/', /private destination \(name\)/],
    ['https://vault.internal/', /private destination \(name\)/],
    ['https://printer.local/', /private destination \(name\)/],
    ['https://metadata.google.internal/', /never be reached \(metadata\)/],
    ['https://metadata.google.internal./', /never be reached \(metadata\)/],
    ['https://127.0.0.1/', /private destination \(loopback\)/],
    ['https://127.1/', /private destination \(loopback\)/],
    ['https://2130706433/', /private destination \(loopback\)/],
    ['https://0x7f000001/', /private destination \(loopback\)/],
    ['https://0x7f.1/', /private destination \(loopback\)/],
    ['https://017700000001/', /private destination \(loopback\)/],
    ['https://0177.0.0.1/', /private destination \(loopback\)/],
    ['https://127。0。0。1/', /private destination \(loopback\)/],
    ['https://①②⑦.⓪.⓪.①/', /private destination \(loopback\)/],
    ['https://%31%32%37.0.0.1/', /private destination \(loopback\)/],
    ['https://[::1]/', /private destination \(loopback\)/],
    ['https://[::ffff:127.0.0.1]/', /private destination \(loopback\)/],
    ['https://[::ffff:7f00:1]/', /private destination \(loopback\)/],
    ['https://0/', /private destination \(unspecified\)/],
    ['https://10.0.0.1/', /private destination \(private\)/],
    ['https://0xa9fea9fe/', /never be reached/],
    ['https://2852039166/', /never be reached/],
    ['https://0251.0376.0251.0376/', /never be reached/],
    ['https://169.254.169.254./', /never be reached/],
    ['https://[::ffff:169.254.169.254]/', /never be reached/],
    ['https://[fd00:ec2::254]/', /never be reached/],
  ])('%s', (url, problem) => {
    expect(urlProblem(url, policy)).toMatch(problem);
  });

  test.each([
    'https://events.pagerduty.com/v2/enqueue',
    'https://hooks.example.com:8443/a?b=c',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://internal.example.com/',
    'https://localhost.example.com/',
  ])('%s may be used', (url) => {
    expect(urlProblem(url, policy)).toBeNull();
  });

  test('a problem repeats nothing of the address', () => {
    const urls = ['', 'ftp://x.example/', 'https://u:p@x.example/', 'http://x.example/', 'https://10.0.0.1/'];
    for (const url of urls) {
      expect(urlProblem(`${url}${SECRET}`, policy)).not.toContain(SECRET);
    }
  });
});

describe('private destinations', () => {
  test.each<[allowed: string, url: string, fits: boolean]>([
    ['127.0.0.1', 'http://127.0.0.1:9000/hook', true],
    ['127.0.0.1', 'http://0x7f000001:9000/hook', true],
    ['127.0.0.1:9000', 'http://127.0.0.1:9000/hook', true],
    ['127.0.0.1:9001', 'http://127.0.0.1:9000/hook', false],
    ['127.0.0.1', 'http://127.0.0.2/', false],
    ['127.0.0.1', 'http://localhost/', false],
    ['localhost', 'http://localhost:3000/', true],
    [' Localhost ', 'http://LOCALHOST./', true],
    ['::1', 'http://[::1]:9000/', true],
    ['[::1]', 'http://[::1]:9000/', true],
    ['[::1]:9000', 'http://[0:0:0:0:0:0:0:1]:9000/', true],
    ['[::1]:9001', 'http://[::1]:9000/', false],
    ['0:0:0:0:0:0:0:1', 'http://[::1]/', true],
    ['alerts.corp.example:443', 'https://alerts.corp.example/', true],
    ['alerts.corp.example:80', 'http://alerts.corp.example/', true],
    ['alerts.corp.example:80', 'http://alerts.corp.example:8080/', false],
    ['relay.internal', 'https://relay.internal/', true],
    ['relay.internal', 'https://sub.relay.internal/', false],
    ['relay.internal', 'https://relay.internal.evil.internal/', false],
    ['169.254.169.254', 'http://169.254.169.254/', false],
    ['metadata.google.internal', 'http://metadata.google.internal/', false],
    ['fd00:ec2::254', 'http://[fd00:ec2::254]/', false],
    ['', 'https://localhost/', false],
  ])('%j lets %s through: %j', (allowed, url, fits) => {
    expect(urlProblem(url, destinationPolicy([allowed])) === null).toBe(fits);
  });

  test('the address behind an allowed name may be private, but not one of metadata', () => {
    const policy = destinationPolicy(['relay.internal']);
    expect(policy.addressProblem('10.1.2.3', 'relay.internal', 443)).toBeNull();
    expect(policy.addressProblem('169.254.169.254', 'relay.internal', 443)).toMatch(/never/);
    expect(policy.addressProblem('10.1.2.3', 'other.example', 443)).toMatch(/private/);
    expect(policy.addressProblem('10.1.2.3', '10.1.2.3', 443)).toMatch(/private/);
  });
});
