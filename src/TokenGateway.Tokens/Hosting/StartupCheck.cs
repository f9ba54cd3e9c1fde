using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TokenGateway.Tokens.Hosting;

/// <summary>Everything that is wrong with the settings and with the clients that ask for tokens, told at once when the application starts and not at the first request.</summary>
internal sealed class StartupCheck(IServiceProvider provider) : IValidateOptions<BearerTokenClients>
{
    public ValidateOptionsResult Validate(string? name, BearerTokenClients options)
    {
        var configuration = provider.GetService<EngineConfiguration>();

        // An application's tests may put a token manager of their own in the place of ours.
        var known = configuration?.Credentials ?? provider.GetService<ITokenManager>()?.Credentials;
        List<string> mistakes = [.. configuration?.Errors.Select(error => error.ToString()) ?? [], .. Find(options.All, known)];
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Find(List<BearerTokenClient> clients, IReadOnlyCollection<string>? known)
    {
        foreach (var client in clients)
        {
            if (known is null)
            {
                yield return $"{client} has no tokens to attach: call services.AddTokenGateway(configuration) as well";
            }
            else if (UnknownCredential.Find(client.Credential, known) is { } mistake)
            {
                yield return $"{client} names a credential that is not configured: {mistake}";
            }
        }

        foreach (var twice in clients.GroupBy(client => client.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            yield return $"AddHttpClient(\"{twice.Key}\") has AddBearerToken {twice.Count()} times, and a request carries one token; keep one of {string.Join(", ", twice.Select(client => client.Credential))}";
        }
    }
}
