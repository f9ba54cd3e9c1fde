using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Goes on meeting the store while an answer is waited for: a store that loses the intent meanwhile gets it back before a peer trusts what is missing.
/// </summary>
internal sealed class PendingExchange(WakeSignal wake, PollDuty poll)
{
    public async Task<TokenExchange> WaitAsync(Task<TokenExchange> exchange)
    {
        var awaited = WakeAfterAsync(exchange);
        while (!exchange.IsCompleted)
        {
            var delay = poll.Delay();
            if (delay > TimeSpan.Zero)
            {
                await wake.WaitAsync(delay, CancellationToken.None);
            }
            else
            {
                await poll.RunAsync();
            }
        }

        return await awaited;
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
}
