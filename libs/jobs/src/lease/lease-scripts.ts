/**
 * Takes the lease if nobody else has it.
 *
 * The epoch is one more than the last, and at least the time of day by both clocks: a Redis that has lost its data still
 * gives higher ones than before. A Redis that has just started without data may have forgotten a holder who still
 * believes in the lease, so it gives none until that lease has run out.
 *
 * Keys: lease, epoch. Arguments: token, ttl ms, time of day ms.
 * @returns 1 and the epoch, or 0 and how long to wait, ms
 */
export const ACQUIRE = `
local ttl = tonumber(ARGV[2])
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return {0, redis.call('PTTL', KEYS[1])}
end
local last = tonumber(redis.call('GET', KEYS[2]))
if not last then
  local info = redis.pcall('INFO', 'server')
  local uptime = type(info) == 'string' and tonumber(string.match(info, 'uptime_in_seconds:(%d+)'))
  if uptime and uptime * 1000 < ttl then
    return {0, ttl - uptime * 1000}
  end
end
local time = redis.call('TIME')
local epoch = math.max((last or 0) + 1, tonumber(ARGV[3]), tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
redis.call('SET', KEYS[1], ARGV[1], 'PX', ttl)
redis.call('SET', KEYS[2], string.format('%.0f', epoch))
return {1, string.format('%.0f', epoch)}
`;

/** Keys: lease. Arguments: token, ttl ms. @returns 1, or 0 when somebody else or nobody has it */
export const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
`;

/** Keys: lease. Arguments: token. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
`;
