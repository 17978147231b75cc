"""The atomic steps of the job queue, in Lua. Each runs whole or not at all, also when Redis or a gateway dies.

Hash `job:{id}` holds the record, and beside it `entry` (the job's entry in the stream), `epoch` (how often it was
claimed) and `lease` (who may write: owner and epoch; a later claim replaces it and so shuts the former owner out).
Only the first unfinished job of each user has an entry in the stream; finishing it enters the next.

For the operator the sorted sets `jobs-in:{state}` hold the ids of all jobs by the time they were asked for, those that
are being worked on together as `running`.
While `learning-paused` exists, no job begins that nobody has begun; those that run go on.
"""

from services.gateway.tenants import TENANTS_KEY, users_key

STREAM = "jobs"
GROUP = "gateways"
# One name for all replicas: leases tell them apart, and dead replicas leave no consumers behind.
CONSUMER = "gateway"

PAUSED = "learning-paused"

_MAX_EVENTS = 1000


def index_key(group: str) -> str:
    """The sorted set of the jobs that are `queued` or `running`, or that ended in this state, in small letters."""
    return f"jobs-in:{group}"


_COMMON = f"""
local function emit(events, event)
  redis.call('XADD', events, 'MAXLEN', '~', {_MAX_EVENTS}, '*', 'event', event)
end
local function enter(job, id)
  redis.call('HSET', job, 'entry', redis.call('XADD', '{STREAM}', '*', 'job', id))
end
local function leave(entry)
  redis.call('XACK', '{STREAM}', '{GROUP}', entry)
  redis.call('XDEL', '{STREAM}', entry)
end
local function index(state)
  local groups = {{QUEUED = 'queued', LIVE = 'live', REJECTED = 'rejected', FAILED = 'failed', CANCELLED = 'cancelled'}}
  return '{index_key("")}' .. (groups[state] or 'running')
end
local function write(job, first)
  local before = redis.call('HGET', job, 'state')
  redis.call('HSET', job, unpack(ARGV, first))
  local id, state, created_at = unpack(redis.call('HMGET', job, 'id', 'state', 'created_at'))
  if before then redis.call('ZREM', index(before), id) end
  redis.call('ZADD', index(state), created_at, id)
  return index(state)
end
local function finish(job, queue, events, id, event, keep, first)
  local ended = write(job, first)
  redis.call('ZREMRANGEBYSCORE', ended, '-inf', redis.call('TIME')[1] - keep)
  redis.call('HDEL', job, 'lease')
  emit(events, event)
  local was_head = redis.call('LINDEX', queue, 0) == id
  redis.call('LREM', queue, 1, id)
  local entry = redis.call('HGET', job, 'entry')
  if entry then leave(entry) end
  local next_id = redis.call('LINDEX', queue, 0)
  if was_head and next_id then enter('job:' .. next_id, next_id) end
  redis.call('EXPIRE', job, keep)
  redis.call('EXPIRE', events, keep)
end
"""

# KEYS job, history, queue, events; ARGV id, created_at, max_unfinished, event, event while learning is paused, field,
# value, ...
SUBMIT = f"""{_COMMON}
if redis.call('EXISTS', KEYS[1]) == 1 then return 'EXISTS' end
if redis.call('LLEN', KEYS[3]) >= tonumber(ARGV[3]) then return 'FULL' end
write(KEYS[1], 6)
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
local tenant, user = unpack(redis.call('HMGET', KEYS[1], 'tenant', 'user'))
redis.call('ZADD', '{TENANTS_KEY}', 0, tenant)
redis.call('ZADD', '{users_key("")}' .. tenant, 0, user)
emit(KEYS[4], ARGV[4 + redis.call('EXISTS', '{PAUSED}')])
if redis.call('RPUSH', KEYS[3], ARGV[1]) == 1 then enter(KEYS[1], ARGV[1]) end
return 'OK'
"""

# KEYS job; ARGV entry, owner. Returns the lease and the record, or nothing when the entry is not worth working on, or
# not now: then it stays, and is handed out again when a lease would have run out.
TAKE = f"""{_COMMON}
if redis.call('HGET', KEYS[1], 'entry') ~= ARGV[1] or redis.call('HEXISTS', KEYS[1], 'finished_at') == 1 then
  leave(ARGV[1])
  return {{}}
end
if redis.call('EXISTS', '{PAUSED}') == 1 and redis.call('HGET', KEYS[1], 'state') == 'QUEUED' then return {{}} end
local lease = ARGV[2] .. '/' .. redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'lease', lease)
return {{lease, redis.call('HGETALL', KEYS[1])}}
"""

# KEYS job; ARGV lease. Restarts the lease's time and returns whether the user asked to cancel.
RENEW = f"""
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then return 'LOST' end
redis.call('XCLAIM', '{STREAM}', '{GROUP}', '{CONSUMER}', 0, redis.call('HGET', KEYS[1], 'entry'), 'JUSTID')
return redis.call('HGET', KEYS[1], 'cancel_requested')
"""

# KEYS job; ARGV lease, milliseconds of a lease. Makes the entry look expired, so that anyone may claim it now.
RELEASE = f"""
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then return 'LOST' end
redis.call('HDEL', KEYS[1], 'lease')
local entry = redis.call('HGET', KEYS[1], 'entry')
redis.call('XCLAIM', '{STREAM}', '{GROUP}', '{CONSUMER}', 0, entry, 'IDLE', ARGV[2], 'JUSTID')
return 'OK'
"""

# KEYS job, events; ARGV lease, event, field, value, ...
RECORD = f"""{_COMMON}
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then return 'LOST' end
write(KEYS[1], 3)
emit(KEYS[2], ARGV[2])
return 'OK'
"""

# KEYS job, queue, events; ARGV lease, id, event, seconds to keep the record, field, value, ...
FINISH = f"""{_COMMON}
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then return 'LOST' end
finish(KEYS[1], KEYS[2], KEYS[3], ARGV[2], ARGV[3], ARGV[4], 5)
return 'OK'
"""

# KEYS job, queue, events; ARGV id, event, seconds to keep the record, field, value, ... A job that nobody has begun
# ends here and now; whoever works on any other sees the request at the next renewal.
CANCEL = f"""{_COMMON}
if redis.call('HEXISTS', KEYS[1], 'finished_at') == 1 then return 'FINISHED' end
redis.call('HSET', KEYS[1], 'cancel_requested', '1')
if redis.call('HGET', KEYS[1], 'epoch') then return 'REQUESTED' end
finish(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3], 4)
return 'OK'
"""

# KEYS job, events; ARGV event. Tells those who watch a job that nobody has begun.
TELL_WAITING = f"""{_COMMON}
if redis.call('HGET', KEYS[1], 'state') == 'QUEUED' then emit(KEYS[2], ARGV[1]) end
"""
