/** Text that breaks whoever escapes too little or too much. */
export const AWKWARD = [
  'it\'s "quoted"',
  'back\\slash\\',
  'tab\tline\nreturn\r',
  '{x:String} ?',
  '\\N',
  "'); DROP TABLE t; --",
  'ø€😀',
  '',
];
