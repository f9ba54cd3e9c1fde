using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens;

/// <summary>Adds the engine to an application, and its tokens to HTTP clients.</summary>
public static class TokenGatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ITokenManager"/> and the service that looks after its credentials, configured by the section <c>TokenGateway</c> of
    /// <paramref name="configuration"/>. The section may be one that a gateway uses too; both then share the store.
    /// </summary>
    /// <exception cref="OptionsValidationException">Thrown when the application starts: the configuration is wrong; the exception lists every error with its path.</exception>
    public static IServiceCollection AddTokenGateway(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => TokenMetrics.Create(provider.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton(provider => TokenEngine.Create(
            Read(configuration), provider.GetRequiredService<TimeProvider>(), RandomSource.System, provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TokenMetrics>()));
        services.TryAddSingleton<ITokenManager>(provider => provider.GetRequiredService<TokenManager>());
        services.AddHostedService<TokenManagerService>();
        return services;
    }

    /// <summary>Sends every request of this client with the live access token of <paramref name="credential"/>, or not at all.</summary>
    public static IHttpClientBuilder AddBearerToken(this IHttpClientBuilder builder, string credential)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(credential);
        return builder.AddHttpMessageHandler(provider => new BearerTokenHandler(provider.GetRequiredService<ITokenManager>(), credential)
        {
            Metrics = provider.GetService<TokenMetrics>() ?? TokenMetrics.Unobserved,
        });
    }

    private static TokenGatewaySettings Read(IConfiguration configuration)
    {
        var read = TokenGatewaySettingsReader.Read(configuration);
        return read.Value ?? throw new OptionsValidationException(
            "TokenGateway", typeof(TokenGatewaySettings), read.Errors.Select(error => error.ToString()));
    }

    private sealed class TokenManagerService(TokenManager manager) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => manager.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => manager.StopAsync(cancellationToken);
    }
}
