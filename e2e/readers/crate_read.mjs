// Opens a crate's folder with npm's ro-crate and prints what it says as JSON.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
const text = fs.readFileSync(path.join(process.argv[2], "ro-crate-metadata.json"), "utf8");
// Its validator would fetch the context; it carries it, too.
globalThis.fetch = async () => new Response(fs.readFileSync(path.join(process.env.ZENOBIS_READERS, "npm/node_modules/ro-crate/lib/context.json")));
const { ROCrate, Validator } = createRequire(path.join(process.env.ZENOBIS_READERS, "npm/"))("ro-crate");
const crate = new ROCrate(JSON.parse(text), { array: true, link: true });
const validator = new Validator();
validator.parseJSON(text);
await validator.validate();
const files = {};
for (const p of fs.readdirSync(process.argv[2], { recursive: true })) {
  files[p] = { exists: true, inCrate: false, isDir: fs.lstatSync(path.join(process.argv[2], p)).isDirectory() };
}
validator.checkFiles(files);
const said = (s) => s.map((x) => `${x.clause ?? ""} ${x.message ?? ""}`);
console.log(JSON.stringify({
  name: crate.rootDataset.name,
  entities: [...crate.entities()].length,
  errors: said(validator.result.errors), warnings: said(validator.result.warnings),
}));
