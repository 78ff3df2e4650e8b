import { expect, test } from '@jest/globals';
import { operatorTimes } from './operator-profile.js';

/** As ONNX Runtime 1.30 writes it, cut down to what is read. */
const PROFILE = JSON.stringify([
  { cat: 'Session', name: 'model_loading_array', dur: 900, ts: 1 },
  { cat: 'Node', name: 'conv_kernel_time', dur: 5000, ts: 20, args: { op_name: 'Conv', provider: 'CPU' } },
  { cat: 'Session', name: 'model_run', dur: 6000, ts: 10 },
  { cat: 'Node', name: 'conv_fence_before', dur: 70, ts: 110, args: { op_name: 'Conv' } },
  { cat: 'Node', name: 'conv_kernel_time', dur: 2000, ts: 120, args: { op_name: 'Conv', provider: 'CPU' } },
  { cat: 'Node', name: 'conv2_kernel_time', dur: 1000, ts: 130, args: { op_name: 'Conv', provider: 'CPU' } },
  { cat: 'Node', name: 'conv3_kernel_time', dur: 500, ts: 130, args: { op_name: 'Conv', provider: 'GPU' } },
  { cat: 'Node', name: 'relu_kernel_time', dur: 500, ts: 140, args: { op_name: 'Relu', provider: 'CPU' } },
  { cat: 'Session', name: 'model_run', dur: 3900, ts: 100 },
]);

test('operators are summed up by kind and provider, without the runs that are skipped', () => {
  expect(operatorTimes(PROFILE, 1)).toEqual([
    { operator: 'Conv', provider: 'CPU', calls: 2, milliseconds: 3, share: 0.75 },
    { operator: 'Conv', provider: 'GPU', calls: 1, milliseconds: 0.5, share: 0.125 },
    { operator: 'Relu', provider: 'CPU', calls: 1, milliseconds: 0.5, share: 0.125 },
  ]);
});

test('nothing skipped, and more skipped than there is', () => {
  expect(operatorTimes(PROFILE, 0)[0]).toMatchObject({ calls: 3, milliseconds: 8 });
  expect(operatorTimes(PROFILE, 2)).toEqual([]);
  expect(operatorTimes('[]', 0)).toEqual([]);
});
