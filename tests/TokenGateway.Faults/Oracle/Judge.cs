using System.Collections.Concurrent;
using System.Threading.Channels;
using TokenGateway.Faults.Fleet;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Faults.Oracle;

/// <summary>Compares what the provider says with what is allowed. The provider's event log is the truth; the ledger says how it came to it.</summary>
internal sealed class Judge : IAsyncDisposable
{
    private const int Sequence = 60;

    private readonly GatewayFleet _fleet;
    private readonly Channel<SimulatorEvent> _events = Channel.CreateUnbounded<SimulatorEvent>();
    private readonly ConcurrentDictionary<string, Loss> _losses = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Finding> _violations = new();
    private readonly Task _reading;
    private int _reuses;

    public Judge(GatewayFleet fleet)
    {
        _fleet = fleet;
        _reading = ReadAsync();
    }

    public IReadOnlyCollection<Loss> Losses => [.. _losses.Values];

    public IReadOnlyCollection<Finding> Violations => _violations;

    /// <summary>Spent refresh tokens that came back, allowed or not.</summary>
    public int Reuses => _reuses;

    /// <summary>Something that must not happen did.</summary>
    public void Violation(string what)
    {
        _fleet.Log.Write($"VIOLATION: {what}");
        _violations.Enqueue(new Finding($"{_fleet.Name}: {what}", _fleet.Log.Newest(Sequence)));
    }

    /// <summary>The provider did something. Called under its lock.</summary>
    public void Happened(SimulatorEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>A gateway sent a refresh token.</summary>
    public void Sent(Exchange exchange)
    {
        if (ReuseRules.Objection(exchange, _fleet.Options.ReusePolicy) is { } objection)
        {
            Violation($"{exchange.Gateway} sent generation {exchange.Generation} of {exchange.Family} ({exchange.Credential}): {objection}");
        }
    }

    /// <summary>Waits until every event so far has been judged, and adds what only shows at the end.</summary>
    public async Task SettleAsync()
    {
        _events.Writer.TryComplete();
        await _reading;
        if (_fleet.Simulator.Counters.Naked is > 0 and var naked)
        {
            Violation($"{naked} naked requests reached the upstream");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (var happened in _events.Reader.ReadAllAsync())
        {
            switch (happened.Kind)
            {
                case EventKind.Reused:
                    Reused(happened.Family!);
                    break;
                case EventKind.Refused when happened.Family is null:
                    Violation("a refresh token was sent that the provider does not know");
                    break;
            }
        }
    }

    /// <summary>The gateways have given up a credential whose family the provider has not: somebody would have to log in for nothing.</summary>
    public void Abandoned(string credential)
    {
        var family = _fleet.Operator.FamilyOf(credential);
        // Where the store has had what came of the last exchange, the newest refresh token never reached the provider.
        var spent = _fleet.Ledger.LikeTheLast(family).Find(exchange => exchange.Granted);
        spent = spent?.Intent is { } intent && _fleet.Ledger.StoredAt(intent.Record) is not null ? null : spent;
        var (kind, why) = spent is null
            ? (LossClass.Others, "its refresh token was never spent")
            : LossClassifier.Classify(spent, Clock.Timestamp, _fleet.Gateways.First(gateway => gateway.Name == spent.Gateway), _fleet.Ledger);
        if (!_losses.TryAdd(family, new Loss(family, credential, spent?.Generation ?? 0, kind, why)))
        {
            return;
        }

        _fleet.Log.Write($"GIVEN UP {credential} {family}: {kind}, {why}");
        if (kind == LossClass.Others)
        {
            Violation($"{credential} was given up by the gateways, although its {family} lives: {why}");
        }

        _fleet.Operator.Reseed(credential);
    }

    private void Reused(string family)
    {
        _reuses++;
        var credential = _fleet.Operator.CredentialOf(family)!;
        var exchanges = _fleet.Ledger.LikeTheLast(family);
        if (exchanges.Count < 2)
        {
            Violation($"a refresh token of {family} was reused that had been superseded, not spent");
            return;
        }

        var (first, again, generation) = (exchanges[0], exchanges[^1], exchanges[^1].Generation);
        var (kind, why) = LossClassifier.Classify(first, again.SeenAt, _fleet.Gateways.First(gateway => gateway.Name == first.Gateway), _fleet.Ledger, again);
        var loss = new Loss(family, credential, generation, kind, why);
        var objection = ReuseRules.ObjectionToReuse(again);
        if (!_losses.TryAdd(family, loss))
        {
            return;
        }

        _fleet.Log.Write($"LOST {credential} {family} generation {generation}: {kind}, {why} (first sent by {first.Gateway} with an intent on {first.Intent?.Server}, again by {again.Gateway} with one on {again.Intent?.Server})");
        if (kind == LossClass.Others)
        {
            Violation($"lost {credential} ({family}, generation {generation}), first sent by {first.Gateway}, again by {again.Gateway}: {why}");
        }
        else if (objection is not null && kind != LossClass.W8)
        {
            Violation($"{again.Gateway} reused generation {generation} of {family} ({credential}): {objection}");
        }

        _fleet.Operator.Reseed(credential);
    }
}

/// <summary>What must not have happened, and what the log said up to then.</summary>
internal sealed record Finding(string What, IReadOnlyList<string> Sequence);
