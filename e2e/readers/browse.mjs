// Opens pages in a browser, narrow and wide, light and dark, runs axe on each, and
// prints what it finds as JSON. Usage: browse.mjs FOLDER PAGE...
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";
const require = createRequire(path.join(process.env.ZENOBIS_READERS, "npm/"));
const puppeteer = require("puppeteer-core");
const axe = require.resolve("axe-core/axe.min.js");
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"] });
const found = [];
for (const name of process.argv.slice(3)) {
  for (const [width, scheme] of [[400, "light"], [1280, "light"], [1280, "dark"]]) {
    const page = await browser.newPage();
    const errors = [], asked = [];
    page.on("pageerror", (e) => errors.push(String(e)));
    page.on("request", (r) => { if (!r.url().startsWith("file:") && !r.url().startsWith("data:")) asked.push(r.url()); });
    page.on("requestfailed", (r) => errors.push(`failed: ${r.url()}`));
    await page.setViewport({ width, height: 800 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(pathToFileURL(path.join(process.argv[2], name)), { waitUntil: "load" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    const links = await page.evaluate(() => [...document.querySelectorAll("a[href], img[src]")].map((a) => a.href || a.src));
    await page.addScriptTag({ path: axe });
    const violations = await page.evaluate(async () => (await axe.run()).violations.map((v) => `${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 160)}`));
    found.push({ page: name, width, scheme, wide, errors, asked, violations, links });
    await page.close();
  }
}
await browser.close();
console.log(JSON.stringify(found));
