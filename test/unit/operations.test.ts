/** Dashboards, alerts and their pages fit together, and compose shows them to nobody else. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCompose } from '../support/compose.ts';
import { readDashboards, readRules, withoutThreshold } from '../support/dashboards.ts';

const root = join(import.meta.dirname, '../..');
const alerts = readRules().filter(({ alert }) => alert !== undefined);
const dashboards = readDashboards();
const { services } = readCompose({ BANTAM_ADMIN_KEY: 'a key that compose asks for' });

describe('every alert', () => {
  test('has a threshold, a severity, a summary and a page in docs/operations.md, and every page an alert', () => {
    const pages = readFileSync(join(root, 'docs/operations.md'), 'utf8').matchAll(/^### (Bantam\w+)$/gm);
    assert.deepEqual(new Set([...pages].map(([, page]) => page)), new Set(alerts.map(({ alert }) => alert)));
    for (const { alert = '', expr, labels, annotations } of alerts) {
      assert.notEqual(withoutThreshold(expr), expr, alert);
      assert.match(labels?.['severity'] ?? '', /^(critical|warning)$/, alert);
      assert.notEqual(annotations?.['summary'] ?? '', '', alert);
      assert.equal(annotations?.['runbook_url'], `docs/operations.md#${alert.toLowerCase()}`);
    }
  });
});

describe('every dashboard', () => {
  test('has an address of its own, and panels with a description, a unit, and the data source that is chosen', () => {
    assert.equal(new Set(dashboards.map(({ uid }) => uid)).size, dashboards.length);
    for (const { file, uid, panels, templating, tags } of dashboards) {
      assert.equal(uid, `bantam-${file.replace('.json', '')}`);
      assert.deepEqual(tags, ['bantam']);
      assert.equal(templating.list[0]?.name, 'datasource');
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, file);
      for (const { title, type, description, datasource, fieldConfig, targets } of panels.filter((panel) => panel.type !== 'row')) {
        assert.ok(['stat', 'timeseries'].includes(type), title);
        assert.notEqual(description ?? '', '', title);
        assert.equal(datasource?.uid, '${datasource}', title);
        assert.notEqual(fieldConfig?.defaults.unit ?? '', '', title);
        assert.notEqual(targets?.length ?? 0, 0, title);
      }
    }
  });

  test('has panels within its 24 columns that lie beside each other', () => {
    for (const { file, panels } of dashboards) {
      for (const { title, gridPos: a } of panels) {
        assert.ok(a.x + a.w <= 24, `${file}: ${title}`);
        const over = panels.filter(({ gridPos: b }) => b !== a && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h);
        assert.deepEqual(over, [], `${file}: ${title}`);
      }
    }
  });
});

describe('Prometheus and Grafana in docker-compose.yml', () => {
  test('are pinned to a version, may do nothing, and are there for this machine only', () => {
    for (const { image, ports, cap_drop, read_only, healthcheck } of [services['prometheus'], services['grafana']].filter(
      (one) => one !== undefined,
    )) {
      assert.match(image, /:v?\d+\.\d+\.\d+$/);
      assert.ok(ports?.every((port) => port.startsWith('127.0.0.1:')));
      assert.deepEqual([cap_drop, read_only], [['ALL'], true]);
      assert.ok(healthcheck !== undefined);
    }
  });

  test('read what is there, and cannot change it', () => {
    const mounts = [services['prometheus'], services['grafana']]
      .flatMap((one) => one?.volumes ?? [])
      .filter((mount) => mount.startsWith('.'));
    assert.equal(mounts.length, 3);
    for (const mount of mounts) {
      const [from = '', , mode] = mount.split(':');
      assert.ok(existsSync(join(root, from)), mount);
      assert.equal(mode, 'ro', mount);
    }
  });

  test('scrape the ports that gateway and worker have for it', () => {
    const { environment: gateway } = services['gateway'] ?? {};
    const text = readFileSync(join(root, 'ops/prometheus/prometheus.yml'), 'utf8');
    assert.match(text, new RegExp(`names: \\[gateway\\], type: A, port: ${gateway?.['BANTAM_METRICS_PORT']}\\b`));
    assert.equal(gateway?.['BANTAM_METRICS_HOST'], '0.0.0.0');
    // The default of BANTAM_WORKER_PORT, which the health check asks, too.
    assert.match(text, /names: \[worker\], type: A, port: 8081\b/);
    assert.equal(services['worker']?.environment?.['BANTAM_WORKER_HOST'], '0.0.0.0');
  });
});
