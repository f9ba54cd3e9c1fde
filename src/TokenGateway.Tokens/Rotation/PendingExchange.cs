using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Goes on meeting the store while an answer is waited for: a store that loses the intent meanwhile gets it back before a peer trusts what is missing.
/// </summary>
internal sealed partial class PendingExchange(string credential, WakeSignal wake, PollDuty poll, ILogger logger)
{
    public async Task<TokenExchange> WaitAsync(Task<TokenExchange> exchange)
    {
        var awaited = WakeAfterAsync(exchange);
        while (!exchange.IsCompleted)
        {
            var delay = poll.Delay();
            if (delay > TimeSpan.Zero)
            {
                await wake.WaitAsync(delay);
            }
            else
            {
                await TryPollAsync();
            }
        }

        return await awaited;
    }

    /// <summary>Nothing that a poll can meet may take the answer away from the one who waits for it.</summary>
    private async Task TryPollAsync()
    {
        try
        {
            await poll.RunAsync();
        }
        catch (Exception error)
        {
            PendingExchangeLog.PollFailed(logger, error, credential);
        }
    }

    private async Task<TokenExchange> WakeAfterAsync(Task<TokenExchange> exchange)
    {
        try
        {
            return await exchange;
        }
        finally
        {
            wake.Set();
        }
    }

    private static partial class PendingExchangeLog
    {
        [LoggerMessage(EventIds.AgentFailed, LogLevel.Error, "A poll during the rotation of credential {Credential} met an error that it did not expect; the answer is still waited for.")]
        public static partial void PollFailed(ILogger logger, Exception error, string credential);
    }
}
