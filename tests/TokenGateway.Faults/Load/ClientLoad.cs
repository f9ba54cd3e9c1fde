using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using TokenGateway.Faults.Fleet;

namespace TokenGateway.Faults.Load;

/// <summary>Clients that ask through every gateway a few times per second, and check every answer.</summary>
internal sealed class ClientLoad : IAsyncDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(300);

    /// <summary>A crash from within is noticed a moment after the clients have met it.</summary>
    private static readonly TimeSpan NoticeTime = TimeSpan.FromSeconds(1);

    private readonly GatewayFleet _fleet;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _clients;

    public ClientLoad(GatewayFleet fleet)
    {
        _fleet = fleet;
        _clients = [.. fleet.Gateways.Select((gateway, n) => RunAsync(gateway, new Random(fleet.Options.Seed + n)))];
    }

    /// <summary>How many answers there were of each kind.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_clients);
        }
    }

    private async Task RunAsync(Gateway gateway, Random random)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Between, TimeProvider.System);
        while (!_stop.IsCancellationRequested)
        {
            var credential = $"c{random.Next(_fleet.Options.Credentials) + 1}";
            var kind = gateway.MustAnswer ? await AskAsync(gateway, credential) : null;
            if (kind is not null)
            {
                Answers.AddOrUpdate(kind, 1, (_, count) => count + 1);
            }

            try
            {
                await timer.WaitForNextTickAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<string?> AskAsync(Gateway gateway, string credential)
    {
        var boot = gateway.Boot;
        try
        {
            using var answer = await gateway.GetAsync($"/{credential}/things", _stop.Token);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Check(credential, await answer.Content.ReadAsStringAsync(_stop.Token)),
                HttpStatusCode.Unauthorized => "401 of the upstream",
                HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway when answer.Headers.TryGetValues("TokenGateway-Error", out var codes) => $"refused: {codes.Single()}",
                var other => Wrong($"{gateway.Name} answered {(int)other} for {credential}"),
            };
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            var excused = await Clock.UntilAsync(() => _stop.IsCancellationRequested || IsAway(gateway, boot), NoticeTime);
            return excused ? "away" : Wrong($"{gateway.Name} did not answer for {credential}: {error.Message}");
        }
    }

    /// <summary>Its process, or the machine that it stands for, went away meanwhile.</summary>
    private static bool IsAway(Gateway gateway, int boot) =>
        !gateway.MustAnswer || gateway.Boot != boot || gateway.Absences.Any(absence => absence.Boot == boot && absence.Why is Absence.Killed or Absence.Stopped);

    private string Check(string credential, string body)
    {
        using var echo = JsonDocument.Parse(body);
        var family = echo.RootElement.GetProperty("family").GetString()!;
        return _fleet.Operator.CredentialOf(family) == credential ? "ok" : Wrong($"a request for {credential} was sent with a token of {family}");
    }

    private string Wrong(string what)
    {
        _fleet.Judge.Violation(what);
        return "wrong";
    }
}
