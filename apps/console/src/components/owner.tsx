/** Who owns a rule; nothing when nobody is named. */
export function Owner({ name }: { name: string }) {
  if (name === '') {
    return null;
  }
  return (
    <span class="subject">
      <span class="subject-name">owner</span> {name}
    </span>
  );
}
