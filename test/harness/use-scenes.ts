import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { openScene, openSceneStore, type Scene, type SceneOptions } from './virtual-scene.js';

/** Opens a scene that is closed after its test. All scenes of a file share a store; each has a project of its own. */
export type OpenScene = <Names extends string>(options: SceneOptions<Names>) => Promise<Scene<Names>>;

/** For use at the top of a spec file. */
export function useScenes(): OpenScene {
  let opened: Awaited<ReturnType<typeof openSceneStore>>;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    opened = await openSceneStore();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) {
      await close();
    }
  });
  afterAll(() => opened.close());
  return async (options) => {
    const scene = await openScene(opened.store, options);
    closing.push(() => scene.close());
    return scene;
  };
}
