namespace TokenGateway.Hosting;

/// <summary>Keeps ASP.NET Core from handling signals: two hosts live in one process, and <see cref="GatewayHost"/> stops them in order.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
