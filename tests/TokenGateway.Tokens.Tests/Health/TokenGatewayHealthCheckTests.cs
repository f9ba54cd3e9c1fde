using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TokenGateway.Tokens.Tests.Hosting;

namespace TokenGateway.Tokens.Tests.Health;

public sealed class TokenGatewayHealthCheckTests
{
    [Fact]
    public async Task A_service_is_well_with_its_tokens_and_ailing_while_rotation_fails()
    {
        await using var library = await LibraryHost.CreateAsync("plum", "pear");
        library.Simulator.Options = library.Simulator.Options with { AccessTokenLifetime = TimeSpan.FromSeconds(16) };
        await library.StartAsync(services =>
        {
            services.AddTokenGateway(library.Configuration);
            services.AddHealthChecks().AddTokenGateway(tags: ["ready"]);
        });
        await library.UntilAsync("plum", status => status is { Usable: true, State: CredentialState.Active });
        await library.UntilAsync("pear", status => status is { Usable: true, State: CredentialState.Active });
        var well = await CheckAsync(library);

        await library.Simulator.StopListeningAsync();
        await library.UntilAsync("plum", status => status.Problem is not null);
        var ailing = await CheckAsync(library);

        Assert.Equal((HealthStatus.Healthy, null), (well.Status, well.Description));
        Assert.Equal(["active", "active"], well.Data.Values);
        Assert.Equal(["ready"], well.Tags);
        Assert.Equal(HealthStatus.Degraded, ailing.Status);
        Assert.Contains("plum: ", ailing.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_credential_without_a_token_makes_a_service_unwell()
    {
        await using var library = await LibraryHost.CreateAsync("plum", "pear");
        library.Set("plum", "RefreshToken", "revoked_refresh_token");
        await library.StartAsync(services =>
        {
            services.AddTokenGateway(library.Configuration);
            services.AddHealthChecks().AddTokenGateway();
        });
        await library.UntilAsync("plum", status => status.State == CredentialState.ReauthorizationRequired);
        await library.UntilAsync("pear", status => status is { Usable: true, State: CredentialState.Active });

        var check = await CheckAsync(library);

        Assert.Equal(HealthStatus.Unhealthy, check.Status);
        Assert.Equal("reauthorization_required", check.Data["plum"]);
        Assert.DoesNotContain("pear:", check.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_told_in_the_place_of_unhealthy_can_be_chosen()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        library.Set("plum", "RefreshToken", null);
        await library.StartAsync(services =>
        {
            services.AddTokenGateway(library.Configuration);
            services.AddHealthChecks().AddTokenGateway("tokens", HealthStatus.Degraded);
        });

        var check = await CheckAsync(library);

        Assert.Equal(HealthStatus.Degraded, check.Status);
        Assert.Contains("TokenGateway:Credentials:plum:RefreshToken", check.Description, StringComparison.Ordinal);
    }

    private static async Task<HealthReportEntry> CheckAsync(LibraryHost library)
    {
        var report = await library.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return Assert.Single(report.Entries.Values);
    }
}
