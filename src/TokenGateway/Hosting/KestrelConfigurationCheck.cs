using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using TokenGateway.Configuration;
using TokenGateway.Proxy;

namespace TokenGateway.Hosting;

/// <summary>What Kestrel would refuse at the start, as an endpoint without its certificate, found without opening a port.</summary>
internal static class KestrelConfigurationCheck
{
    private const string Section = "Kestrel";

    public static async Task<IReadOnlyList<string>> FindErrorsAsync(IConfiguration root)
    {
        var addresses = ListeningAddresses.Configured(root);
        var section = root.GetSection(Section);
        if (!addresses.Any(address => address.IsHttps) && !section.GetChildren().Any())
        {
            return [];
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = ConfigurationFile.Of(root)?.Folder });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Configure(section));
        await using var app = builder.Build();
        try
        {
            var kestrel = app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
            kestrel.ConfigurationLoader!.Load();
            if (addresses.Any(address => address.IsHttps && !address.Path.StartsWith(Section, StringComparison.OrdinalIgnoreCase)))
            {
                // Asks for the certificate that https in Urls uses; nothing is bound.
                kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.UseHttps());
            }

            return [];
        }
        catch (Exception e)
        {
            return [$"{Section}: {ProxyConfigurationCheck.OneLine(e)}"];
        }
    }
}
