import { existsSync } from 'node:fs';

/** Where Debian's chromium package puts a Vulkan loader, and a driver that draws on the processor. */
const FOLDER = '/usr/lib/chromium';
const DRIVER = `${FOLDER}/vk_swiftshader_icd.json`;

/** This process's environment, with a Vulkan driver that needs no graphics card. */
export function softwareVulkan(): Record<string, string | undefined> {
  if (!existsSync(DRIVER)) {
    throw new Error(
      `${DRIVER} is missing. Install it with: apt-get install chromium (npm run verify does so for root).`,
    );
  }
  return { ...process.env, LD_LIBRARY_PATH: FOLDER, VK_DRIVER_FILES: DRIVER };
}
