// Starts the emulator in the folder where it is installed, tells its address and the App's key as one line of JSON, and
// ends with its standard input.
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { pathToFileURL } from "node:url";

// The package offers `import` alone, so it is found by its folder.
const require = createRequire(`${process.cwd()}/`);
const { createEmulator } = await import(pathToFileURL(require.resolve.paths("emulate")[0] + "/emulate/dist/api.js"));

const port = await new Promise((resolve) => {
  const server = createServer();
  server.listen(0, "127.0.0.1", () => {
    const free = server.address().port;
    server.close(() => resolve(free));
  });
});
const github = await createEmulator({ service: "github", port, seed: { github: JSON.parse(process.argv[2]) } });
const key = github.generatedSecrets.find((secret) => secret.kind === "github.app_private_key");
console.log(JSON.stringify({ url: github.url, key: key.value }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
