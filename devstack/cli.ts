// Repairs the database driver before anything loads it, which a static import could not promise.
await import("./postgres/repair-driver.ts");

const { runCommand } = await import("./commands.ts");
process.exit(await runCommand(process.argv.slice(2)));
