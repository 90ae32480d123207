// Checks dashboards against Grafana's own types: check-dashboards.mjs FILE.json...
//
// Unknown keys, wrong types and unknown values of enums are errors, also in the options of each panel.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
const raw = "@grafana/schema/dist/esm/raw/composable";
// Each entry is [folder, prefix of the file, whether it has fieldConfig.custom].
const kinds = {
  bargauge: ["bargauge", "BarGauge", false],
  heatmap: ["heatmap", "Heatmap", true],
  stat: ["stat", "Stat", false],
  "state-timeline": ["statetimeline", "StateTimeline", true],
  table: ["table", "Table", true],
  timeseries: ["timeseries", "TimeSeries", true],
};

const imports = Object.entries(kinds).map(
  ([, [folder, file]]) =>
    `import type * as ${folder} from "${raw}/${folder}/panelcfg/x/${file}PanelCfg_types.gen";`,
);

// JSON has the values of enums, not their names. This also declares what the data source adds to Grafana's types.
const prelude = `import type * as grafana from "@grafana/schema";
${imports.join("\n")}
type Plain<T> = T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T]: Plain<T[K]> }
  : T;
type OfPrometheus = { expr: string; titleFormat?: string };
type Dashboard = Omit<grafana.Dashboard, "annotations"> & {
  annotations: { list: (grafana.AnnotationQuery & OfPrometheus)[] };
};
`;

function panelsOf(dashboard) {
  return dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

function source(dashboard) {
  const lines = [prelude, `export const dashboard: Plain<Dashboard> = ${JSON.stringify(dashboard, null, 1)};`];
  for (const panel of panelsOf(dashboard)) {
    if (panel.type === "row") continue;
    if (!(panel.type in kinds)) throw new Error(`panel ${panel.id}: type ${panel.type} is not among those known here`);
    const [folder, , hasCustom] = kinds[panel.type];
    lines.push(`export const options_${panel.id}: Plain<${folder}.Options> = ${JSON.stringify(panel.options, null, 1)};`);
    const custom = panel.fieldConfig.defaults.custom ?? {};
    const type = hasCustom ? `Plain<Partial<${folder}.FieldConfig>>` : "Record<string, never>";
    lines.push(`export const custom_${panel.id}: ${type} = ${JSON.stringify(custom, null, 1)};`);
  }
  return lines.join("\n");
}

const folder = mkdtempSync(join(tmpdir(), "dashboards-"));
try {
  symlinkSync(modules, join(folder, "node_modules"));
  const files = process.argv.slice(2).map((path) => {
    const file = basename(path, ".json") + ".ts";
    writeFileSync(join(folder, file), source(JSON.parse(readFileSync(path, "utf8"))));
    return file;
  });
  const compilerOptions = {
    strict: true, noEmit: true, skipLibCheck: true, module: "esnext", moduleResolution: "bundler",
    target: "esnext", types: [], preserveSymlinks: true,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  execFileSync(join(modules, ".bin", "tsc"), ["-p", folder, "--pretty", "false"], { cwd: folder, encoding: "utf8" });
} catch (error) {
  console.log(String(error.stdout ?? error.message));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
