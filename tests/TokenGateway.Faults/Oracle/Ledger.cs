namespace TokenGateway.Faults.Oracle;

/// <summary>
/// What the proxies of one fleet saw: which refresh token went where and what became of its answer, what was written to the store and
/// what the store is known to hold. Thread safe.
/// </summary>
internal sealed class Ledger
{
    private static readonly TimeSpan OrdinaryAttempt = TimeSpan.FromSeconds(1.5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Credential, string Family, int Generation)> _tokens = new(StringComparer.Ordinal);
    private readonly List<Exchange> _exchanges = [];
    private readonly Dictionary<string, Intent> _intents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Commit> _commits = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Credential, string Family), (long Generation, long At)> _stored = [];
    private readonly HashSet<string> _attempts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long From, long Until)> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SeenRecord> _latest = new(StringComparer.Ordinal);
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);

    /// <summary>A seed was given to the fleet.</summary>
    public void Seeded(string credential, string family, string refreshToken)
    {
        lock (_gate)
        {
            _tokens[refreshToken] = (credential, family, 0);
        }
    }

    /// <summary>A refresh token is on its way to the provider; null where it is none that was ever given to this fleet.</summary>
    public Exchange? Sent(string gateway, int boot, string refreshToken)
    {
        lock (_gate)
        {
            if (!_tokens.TryGetValue(refreshToken, out var token))
            {
                return null;
            }

            var exchange = new Exchange
            {
                Gateway = gateway,
                Boot = boot,
                Credential = token.Credential,
                Family = token.Family,
                Generation = token.Generation,
                Intent = _intents.GetValueOrDefault($"{gateway} {token.Credential} {token.Generation}"),
                SeenAt = Clock.Timestamp,
                SeenOn = Clock.Now,
            };
            _exchanges.Add(exchange);
            return exchange;
        }
    }

    /// <summary>The provider granted a successor.</summary>
    public void Granted(Exchange exchange, string? refreshToken)
    {
        lock (_gate)
        {
            if (refreshToken is not null)
            {
                _tokens[refreshToken] = (exchange.Credential, exchange.Family, exchange.Generation + 1);
            }
        }
    }

    /// <summary>A record is on its way to the store.</summary>
    /// <returns>What it is, if it is new.</returns>
    public (Intent? Intent, Commit? Commit) Writes(string gateway, string server, SeenRecord record)
    {
        lock (_gate)
        {
            var intent = record.Attempts is [.., var last] && !_attempts.Contains(last.Id) ? new Intent(gateway, server, record, Clock.Timestamp) : null;
            var commit = record.Generation > 0 && _ids.Add(record.Id) ? new Commit(gateway, server, record, Clock.Timestamp) : null;
            _attempts.UnionWith(record.Attempts.Select(attempt => attempt.Id));
            if (intent is not null)
            {
                _intents[$"{gateway} {record.Credential} {record.Generation}"] = intent;
            }

            if (commit is not null)
            {
                _commits[$"{record.Credential} {record.Family} {record.Generation}"] = commit;
            }

            return (intent, commit);
        }
    }

    /// <summary>The store gave this record to somebody.</summary>
    public void Holds(SeenRecord record)
    {
        lock (_gate)
        {
            var key = (record.Credential, record.Family);
            foreach (var attempt in record.Attempts)
            {
                _attempts.Add(attempt.Id);
                _open[attempt.Id] = (_open.TryGetValue(attempt.Id, out var open) ? open.From : Clock.Timestamp, Clock.Timestamp);
            }

            _latest[record.Credential] = record;
            _ids.Add(record.Id);
            _held.Add(State(record));
            if (!_stored.TryGetValue(key, out var known) || known.Generation < record.Generation)
            {
                _stored[key] = (record.Generation, Clock.Timestamp);
            }
        }
    }

    /// <summary>Whether the store was seen to hold exactly this.</summary>
    public bool Knows(SeenRecord record)
    {
        lock (_gate)
        {
            return _held.Contains(State(record));
        }
    }

    private static string State(SeenRecord record) => $"{record.Id} {(record.Attempts is [.., var last] ? last.Id : "")}";

    /// <summary>When the store was first known to hold that generation or a later one; null where it never was.</summary>
    public long? StoredAt(SeenRecord before)
    {
        lock (_gate)
        {
            return _stored.TryGetValue((before.Credential, before.Family), out var known) && known.Generation > before.Generation ? known.At : null;
        }
    }

    /// <summary>The commit that followed this intent, as far as it was seen on its way.</summary>
    public Commit? CommitAfter(Intent intent)
    {
        lock (_gate)
        {
            var before = intent.Record;
            return _commits.GetValueOrDefault($"{before.Credential} {before.Family} {before.Generation + 1}");
        }
    }

    /// <summary>The POSTs of the refresh token that was last passed on of this family, oldest first.</summary>
    public List<Exchange> LikeTheLast(string family)
    {
        lock (_gate)
        {
            var last = _exchanges.FindLast(exchange => exchange.Family == family && exchange.ForwardedAt is not null);
            return _exchanges.FindAll(exchange => exchange.Family == family && exchange.Generation == last?.Generation && exchange.ForwardedAt is not null);
        }
    }

    /// <summary>How many other answers the gateway received within that time.</summary>
    public int OtherAnswers(Exchange exchange, long from, long until)
    {
        lock (_gate)
        {
            return _exchanges.Count(other => !ReferenceEquals(other, exchange) && other.Gateway == exchange.Gateway && other.DeliveredAt >= from && other.DeliveredAt <= until);
        }
    }

    /// <summary>Whether an attempt that the store held before <paramref name="timestamp"/> is still in it.</summary>
    public bool HasOpen(long timestamp)
    {
        lock (_gate)
        {
            return _latest.Values.Any(record => record.Attempts.Any(attempt => _open[attempt.Id].From < timestamp));
        }
    }

    /// <summary>How long attempts stood in the store that did not end as they should.</summary>
    public IReadOnlyList<TimeSpan> Doubts()
    {
        lock (_gate)
        {
            return [.. _open.Values.Select(open => Clock.Between(open.From, open.Until)).Where(time => time > OrdinaryAttempt)];
        }
    }

    /// <summary>Whether the store held an attempt without its end for longer than one takes that goes well, at any time since <paramref name="timestamp"/>.</summary>
    public bool HadDoubtSince(long timestamp)
    {
        lock (_gate)
        {
            return _open.Values.Any(open => open.Until >= timestamp && Clock.Between(open.From, open.Until) > OrdinaryAttempt);
        }
    }
}

/// <summary>A record of a generation that nobody had written before, on its way to the store.</summary>
internal sealed record Commit(string Gateway, string Server, SeenRecord Record, long SeenAt);
