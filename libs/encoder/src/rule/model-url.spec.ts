import { describe, expect, test } from '@jest/globals';
import { modelUrlProblem, shownUrl } from './model-url.js';

describe('an address of a model', () => {
  test.each([
    'https://models.example.com/clip.onnx',
    'https://10.0.0.5:8443/clip.onnx?sig=x',
    'http://localhost:9000/clip.onnx',
    'http://127.0.0.1/clip.onnx',
    'http://127.1.2.3/clip.onnx',
    'http://[::1]:9000/clip.onnx',
  ])('%s may be named', (url) => {
    expect(modelUrlProblem(url)).toBeUndefined();
  });

  test.each([
    ['clip.onnx', /must be a URL/],
    ['file:///models/clip.onnx', /must start with https/],
    ['http://models.example.com/clip.onnx', /http:\/\/ is for this machine alone/],
    ['http://localhost.example.com/clip.onnx', /this machine alone/],
    ['http://127.0.0.1.example.com/clip.onnx', /this machine alone/],
    ['https://token@example.com/clip.onnx', /user name or password/],
  ])('%s may not', (url, expected) => {
    expect(modelUrlProblem(url)).toMatch(expected);
  });

  test('is shown without what may give access', () => {
    expect(shownUrl('https://s3.example.com/b/clip.onnx?X-Amz-Signature=secret#part')).toBe(
      'https://s3.example.com/b/clip.onnx',
    );
  });
});
