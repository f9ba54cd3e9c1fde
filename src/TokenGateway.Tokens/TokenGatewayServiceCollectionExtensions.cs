using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenGateway.Tokens.Hosting;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens;

/// <summary>Adds the engine to an application, and its tokens to HTTP clients.</summary>
public static class TokenGatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ITokenManager"/>, an <see cref="ITokenSource"/> under each credential's name, and the service that looks after the credentials, configured by the section
    /// <c>TokenGateway</c> of <paramref name="configuration"/>. The section may be one that a gateway uses too; both then share the store.
    /// </summary>
    /// <exception cref="OptionsValidationException">Thrown when the application starts: the configuration is wrong; the exception lists every error with its path.</exception>
    public static IServiceCollection AddTokenGateway(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new EngineConfiguration(configuration));
        services.TryAddSingleton(provider => TokenMetrics.Create(provider.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton(provider => TokenEngine.Create(
            provider.GetRequiredService<EngineConfiguration>().Settings, provider.GetRequiredService<TimeProvider>(), RandomSource.System,
            provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TokenMetrics>()));
        services.TryAddSingleton<ITokenManager>(provider => provider.GetRequiredService<TokenManager>());
        services.TryAddKeyedSingleton<ITokenSource>(
            KeyedService.AnyKey, (provider, name) => new TokenSource(provider.GetRequiredService<ITokenManager>(), name as string ?? ""));
        services.AddHostedService<TokenManagerService>();
        return services.AddStartupCheck();
    }

    /// <summary>Sends every request of this client with the live access token of <paramref name="credential"/>, or not at all.</summary>
    /// <exception cref="OptionsValidationException">Thrown when the application starts: no such credential is configured, or the client has one already.</exception>
    public static IHttpClientBuilder AddBearerToken(this IHttpClientBuilder builder, string credential)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(credential);
        builder.Services.AddStartupCheck().Configure<BearerTokenClients>(clients => clients.All.Add(new BearerTokenClient(builder.Name, credential)));
        return builder.AddHttpMessageHandler(provider => new BearerTokenHandler(provider.GetRequiredService<ITokenManager>(), credential)
        {
            Metrics = provider.GetService<TokenMetrics>() ?? TokenMetrics.Unobserved,
            Time = provider.GetService<TimeProvider>() ?? TimeProvider.System,
        });
    }

    private static IServiceCollection AddStartupCheck(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BearerTokenClients>, StartupCheck>());
        services.AddOptions<BearerTokenClients>().ValidateOnStart();
        return services;
    }
}
