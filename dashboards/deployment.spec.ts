import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const ROOT = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<'tidewatch' | 'clickhouse' | 'grafana' | 'redis', Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, null>>;
}

interface Datasource {
  readonly jsonData: { readonly host: string; readonly username: string; readonly queryTimeout: string };
  readonly secureJsonData: { readonly password: string };
}

interface Provider {
  readonly options: { readonly path: string };
}

const compose = parse(read('docker-compose.yml')) as Compose;
const services = Object.entries(compose.services);
const [datasource] = (
  parse(read('dashboards/provisioning/datasources/tidewatch.yaml')) as { datasources: [Datasource] }
).datasources;
const [provider] = (
  parse(read('dashboards/provisioning/dashboards/tidewatch.yaml')) as { providers: [Provider] }
).providers;
const grafanaEnvironment = compose.services.grafana.environment ?? {};

/** Folders and files that whoever starts it makes; everything else a bind mount names is in the repository. */
const MADE_BY_THE_OPERATOR = ['./rules', './secrets/api-keys'];

describe('docker-compose.yml', () => {
  test('has the four services, and Redis only on request', () => {
    expect(services.map(([name]) => name).sort()).toEqual(['clickhouse', 'grafana', 'redis', 'tidewatch']);
    expect(
      services.filter(([, service]) => service.profiles === undefined).map(([name]) => name),
    ).not.toContain('redis');
  });

  test.each(services)(
    '%s is pinned, healthy or not, and reachable from this machine only',
    (name, service) => {
      expect(service.image).toMatch(name === 'tidewatch' ? /^tidewatch:local$/ : /:\d+\.\d+/);
      expect(service.healthcheck.test[0]).toBe('CMD');
      for (const port of service.ports) {
        expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
      }
    },
  );

  test('versions are those the product is made for', () => {
    expect(compose.services.clickhouse.image).toMatch(/:26\.7/);
    expect(compose.services.redis.image).toMatch(/:7\./);
    expect(compose.services.grafana.image).toMatch(/:13\./);
    expect(grafanaEnvironment['GF_PLUGINS_PREINSTALL_SYNC']).toBe('grafana-clickhouse-datasource@4.20.0');
  });

  test('no secret is written down and none has a default', () => {
    const secrets = services
      .flatMap(([, service]) => Object.entries(service.environment ?? {}))
      .filter(([name]) => /PASSWORD|SECRET|TOKEN|KEY(?!S_FILE)|CLICKHOUSE_URL/.test(name));
    expect(secrets.length).toBeGreaterThanOrEqual(5);
    for (const [name, value] of secrets) {
      expect(`${name}=${value}`).toMatch(/\$\{[A-Z_]+:\?[^}]+\}/);
    }
    expect(compose.secrets).toEqual({ 'api-keys': { file: './secrets/api-keys' } });
  });

  test('a server that others can reach asks for keys', () => {
    const { environment = {}, secrets = [] } = compose.services.tidewatch;
    expect(environment['TIDEWATCH_BIND']).toBe('0.0.0.0');
    expect(environment['TIDEWATCH_API_KEYS_FILE']).toBe(`/run/secrets/${secrets[0]}`);
    expect(JSON.stringify(compose.services.tidewatch.healthcheck)).toContain('/health/ready');
  });

  test('mounts exist and volumes are declared', () => {
    const mounts = services.flatMap(([, service]) => service.volumes ?? []);
    for (const source of mounts.map((mount) => mount.split(':')[0] ?? '')) {
      const known = source.startsWith('.')
        ? existsSync(new URL(source, ROOT)) || MADE_BY_THE_OPERATOR.includes(source)
        : source in compose.volumes;
      expect({ source, known }).toEqual({ source, known: true });
    }
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');

  test('builds on glibc, runs as a user without rights, and starts the server', () => {
    expect(
      lines
        .filter((line) => line.startsWith('FROM '))
        .every((line) => line.includes('node:22-bookworm-slim')),
    ).toBe(true);
    expect(lines).toContain('USER node');
    expect(lines).toContain('EXPOSE 4317 4318 8080');
    expect(lines).toContain('CMD ["node", "dist/apps/server/src/main.js"]');
    expect(read('Dockerfile')).toMatch(/UV_THREADPOOL_SIZE=16/);
    expect(read('Dockerfile')).toMatch(/COPY --from=build \/app\/migrations/);
  });

  test('what it copies from the context is there, and secrets are not in the context', () => {
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env', 'secrets', 'data', 'node_modules', '.git']));
    expect(ignored.some((line) => /migrations|apps|libs/.test(line))).toBe(false);
  });
});

describe('Grafana provisioning', () => {
  test('the data source takes host, user and password from the variables that compose sets', () => {
    expect(datasource).toMatchObject({ type: 'grafana-clickhouse-datasource', editable: false });
    const used = [datasource.jsonData.host, datasource.jsonData.username, datasource.secureJsonData.password];
    for (const text of used) {
      expect(Object.keys(grafanaEnvironment)).toContain(/^\$\{(\w+)\}$/.exec(text)?.[1]);
    }
    expect(Object.keys(compose.services)).toContain(grafanaEnvironment['CLICKHOUSE_HOST']);
    expect(read('deploy/clickhouse/users.xml')).toContain(
      `<${grafanaEnvironment['CLICKHOUSE_GRAFANA_USER']}>`,
    );
  });

  test('the query timeout the driver adds 5 seconds to stays within what the user may set', () => {
    const limit = /<max_execution_time>\s*<min>\d+<\/min>\s*<max>(\d+)<\/max>/.exec(
      read('deploy/clickhouse/users.xml'),
    )?.[1];
    expect(Number(datasource.jsonData.queryTimeout) + 5).toBeLessThanOrEqual(Number(limit));
  });

  test('dashboards are read from the folder where compose mounts the generated ones', () => {
    expect(provider).toMatchObject({ type: 'file', allowUiUpdates: false });
    expect(compose.services.grafana.volumes).toContain(`./dashboards/generated:${provider.options.path}:ro`);
    expect(grafanaEnvironment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(
      `${provider.options.path}/on-call.json`,
    );
  });
});

describe('deploy/clickhouse', () => {
  test.each(['config.xml', 'users.xml'])('%s is well-formed', (file) => {
    const open: string[] = [];
    const text = read(`deploy/clickhouse/${file}`).replaceAll(/<!--.*?-->/gs, '');
    for (const [, closing, name = '', selfClosing] of text.matchAll(
      /<(\/?)(\w+)(?:\s+\w+="[^"]*")*(\/?)>/g,
    )) {
      if (closing === '/') {
        expect(open.pop()).toBe(name);
      } else if (selfClosing !== '/') {
        open.push(name);
      }
    }
    expect(open).toEqual([]);
  });

  test('every log table that is kept has a time to live', () => {
    const logs = [...read('deploy/clickhouse/config.xml').matchAll(/<(\w+_log)>(.*?)<\/\1>/gs)];
    expect(logs.length).toBeGreaterThan(0);
    expect(
      logs.filter(([, , body]) => !body?.includes('<ttl>event_date + INTERVAL 7 DAY DELETE</ttl>')),
    ).toEqual([]);
  });

  test('the Grafana user can only read, and only the database of Tidewatch', () => {
    const users = read('deploy/clickhouse/users.xml');
    expect(users).toContain('<readonly>1</readonly>');
    expect([...users.matchAll(/<query>(.*?)<\/query>/g)].map((match) => match[1])).toEqual([
      'GRANT SELECT ON tidewatch.*',
    ]);
    expect(users).toContain('<password from_env="CLICKHOUSE_GRAFANA_PASSWORD"/>');
    expect(compose.services.clickhouse.environment).toHaveProperty('CLICKHOUSE_GRAFANA_PASSWORD');
  });
});
