/** What a rule or an incident is about; parts that are not named are left out. */
export function Subject({ service, region, model }: { service: string; region: string; model: string }) {
  const parts = [
    { name: 'service', value: service },
    { name: 'model', value: model },
    { name: 'region', value: region },
  ].filter((part) => part.value !== '');
  return (
    <>
      {parts.map((part) => (
        <span key={part.name} class="subject">
          <span class="subject-name">{part.name}</span> {part.value}
        </span>
      ))}
    </>
  );
}
