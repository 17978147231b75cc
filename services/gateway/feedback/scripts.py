"""The atomic steps of feedback, in Lua. Each runs whole or not at all, also when Redis or a gateway dies.

Hash `feedback:{owner}:{id}` holds an item, sorted set `feedback-items:{owner}` the ids of an owner's items by age and
`feedback-waiting:{owner}` those whose corrections wait for a job. `feedback-due` holds the owners for whom some wait,
by the time of their last correction. A job takes items by an id that it will have: they are in set
`feedback-batch:{job}`, and `feedback-taken` names the job, until its end is known.
"""

DUE = "feedback-due"
TAKEN = "feedback-taken"

_COMMON = f"""
local function item_key(owner, id) return 'feedback:' .. owner .. ':' .. id end
local function items_key(owner) return 'feedback-items:' .. owner end
local function waiting_key(owner) return 'feedback-waiting:' .. owner end
local function batch_key(job) return 'feedback-batch:' .. job end
local function remove(owner, id)
  redis.call('ZREM', items_key(owner), id)
  redis.call('ZREM', waiting_key(owner), id)
  return redis.call('DEL', item_key(owner, id))
end
local function wait(owner, id, now)
  redis.call('ZADD', waiting_key(owner), redis.call('ZSCORE', items_key(owner), id), id)
  redis.call('ZADD', '{DUE}', now, owner)
end
local function each_in_batch(owner, job, act)
  for _, id in ipairs(redis.call('SMEMBERS', batch_key(job))) do
    if redis.call('HGET', item_key(owner, id), 'job_id') == job then act(id) end
  end
  redis.call('DEL', batch_key(job))
  redis.call('ZREM', '{TAKEN}', owner .. ':' .. job)
end
"""

# ARGV owner, id, created_at, most items, verdict, state, field, value, ... A verdict that is there already stays.
PUT = f"""{_COMMON}
local owner, id, now = ARGV[1], ARGV[2], ARGV[3]
if redis.call('HGET', item_key(owner, id), 'verdict') == ARGV[5] then return 'SAME' end
remove(owner, id)
redis.call('HSET', item_key(owner, id), unpack(ARGV, 7))
redis.call('ZADD', items_key(owner), now, id)
if ARGV[6] == 'waiting' then wait(owner, id, now) end
while redis.call('ZCARD', items_key(owner)) > tonumber(ARGV[4]) do
  remove(owner, redis.call('ZRANGE', items_key(owner), 0, 0)[1])
end
return 'OK'
"""

# ARGV owner, id, now, state, ... Lets an item in one of the states wait.
WAIT_AGAIN = f"""{_COMMON}
local owner, id = ARGV[1], ARGV[2]
local state = redis.call('HGET', item_key(owner, id), 'state')
for index = 4, #ARGV do
  if state == ARGV[index] then
    redis.call('HSET', item_key(owner, id), 'state', 'waiting', 'job_id', '', 'learned_version', '', 'reasons', '[]')
    wait(owner, id, ARGV[3])
    return 'OK'
  end
end
return 'LEFT'
"""

# ARGV owner, id, spare: leaves an item that is in the state `spare`.
REMOVE = f"""{_COMMON}
local state = redis.call('HGET', item_key(ARGV[1], ARGV[2]), 'state')
if state == ARGV[3] then return 'SPARED' end
return remove(ARGV[1], ARGV[2])
"""

# ARGV owner, job, now, at least, most. Returns the ids of the items that the job is to learn from, oldest first.
TAKE = f"""{_COMMON}
local owner, job, waiting = ARGV[1], ARGV[2], waiting_key(ARGV[1])
local ids = {{}}
if redis.call('ZCARD', waiting) >= tonumber(ARGV[4]) then
  ids = redis.call('ZRANGE', waiting, 0, tonumber(ARGV[5]) - 1)
end
for _, id in ipairs(ids) do
  redis.call('ZREM', waiting, id)
  redis.call('HSET', item_key(owner, id), 'state', 'learning', 'job_id', job)
  redis.call('SADD', batch_key(job), id)
  redis.call('ZADD', '{TAKEN}', ARGV[3], owner .. ':' .. job)
end
if redis.call('ZCARD', waiting) == 0 then redis.call('ZREM', '{DUE}', owner) end
return ids
"""

# ARGV owner, job, field, value, ... What was said anew of an answer meanwhile is no longer the job's.
END = f"""{_COMMON}
each_in_batch(ARGV[1], ARGV[2], function(id) redis.call('HSET', item_key(ARGV[1], id), unpack(ARGV, 3)) end)
"""

# ARGV owner, job, now. The items wait again.
GIVE_BACK = f"""{_COMMON}
each_in_batch(ARGV[1], ARGV[2], function(id)
  redis.call('HSET', item_key(ARGV[1], id), 'state', 'waiting', 'job_id', '')
  wait(ARGV[1], id, ARGV[3])
end)
"""
