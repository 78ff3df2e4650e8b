import { generateLoad, type LoadOptions } from './generate-load.js';

// One process of load: node dist/test/load/main.js '{"host": …}' prints one line of JSON, a LoadResult.
const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions;
process.stdout.write(`${JSON.stringify(await generateLoad(options))}\n`);
