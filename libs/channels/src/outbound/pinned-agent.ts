import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';

/** An address that a name stood for when it was checked. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Idle connections are closed before common servers (5 s and more) close them: a request on a closing one is lost. */
const AGENT_OPTIONS: http.AgentOptions = {
  keepAlive: true,
  timeout: 4_000,
  maxFreeSockets: 4,
  // Per destination, so that one that hangs keeps no other waiting.
  maxSockets: 32,
  scheduling: 'lifo',
};

/** Request options that carry the checked addresses to the agent. */
export interface PinnedOptions extends https.RequestOptions {
  readonly pins: string;
}

/** Options that make a connection go to one of `addresses` and nowhere else, whatever the name stands for by then. */
export function pinnedTo(addresses: readonly ResolvedAddress[]): Pick<PinnedOptions, 'pins' | 'lookup'> {
  const lookup: LookupFunction = (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true || first === undefined) {
      callback(null, [...addresses]);
    } else {
      callback(null, first.address, first.family);
    }
  };
  return {
    lookup,
    pins: addresses
      .map(({ address }) => address)
      .sort()
      .join(','),
  };
}

/** The part of an agent that its types leave out: connections of the same name are interchangeable. */
interface NamingAgent {
  getName(options?: object): string;
}

/** Connections are kept by name and by checked addresses: one is never reused when the name stands for others now. */
function keptByPins<Agent extends http.Agent>(agent: Agent): Agent {
  const naming = agent as unknown as NamingAgent;
  const nameOf = naming.getName.bind(agent);
  naming.getName = (options) => `${nameOf(options)}|${(options as Partial<PinnedOptions>)?.pins ?? ''}`;
  return agent;
}

/** The connections of one client. */
export interface PinnedAgents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

export function pinnedAgents(ca?: string): PinnedAgents {
  return {
    http: keptByPins(new http.Agent(AGENT_OPTIONS)),
    https: keptByPins(new https.Agent(ca === undefined ? AGENT_OPTIONS : { ...AGENT_OPTIONS, ca })),
  };
}
