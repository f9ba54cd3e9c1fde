using TokenGateway.Configuration;
using TokenGateway.Hosting;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Commands;

/// <summary>
/// Which running gateway a command asks: the one at <paramref name="Url"/>, or else the one that the configuration describes.
/// </summary>
/// <param name="Source">The configuration. It is not read where there is an address.</param>
/// <param name="Url">The management listener's address (<c>--url</c>, or <see cref="UrlVariable"/>); null where the configuration names
/// it.</param>
/// <param name="KeyFile">The file that holds the management API key (<c>--key-file</c>); null for the configuration's key, or none
/// where there is an address.</param>
internal sealed record ManagementTarget(CommandConfiguration Source, string? Url, string? KeyFile)
{
    public const string UrlVariable = "TOKENGATEWAY_URL";

    /// <summary>
    /// Of the configuration only what the management listener needs: a mistake elsewhere in it must not take an operator's commands
    /// away.
    /// </summary>
    /// <exception cref="StartupException">The address, the key's file or the configuration's own part about them cannot be
    /// used.</exception>
    public ManagementSettings Read()
    {
        if (Url is null)
        {
            StartupException.ThrowIfAny(CommandLineSecrets.Find(Source.Settings));
        }

        var settings = Url is null ? Configured() : new ManagementSettings { Url = Checked(Url) };
        return KeyFile is null ? settings : settings with { ApiKey = KeyIn(KeyFile) };
    }

    private ManagementSettings Configured()
    {
        using var configuration = Source.Read(new ConfigurationHealth());
        var settings = GatewaySettingsReader.ReadManagement(configuration);
        StartupException.ThrowIfAny(settings.Errors);
        return settings.Value!;
    }

    /// <summary>A secret in an address would stand on the command line, where every process can read it.</summary>
    private static string Checked(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
        && address is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }
            ? url
            : throw new StartupException(
                [$"--url (or {UrlVariable}) is not the address of a management listener; write it as in http://127.0.0.1:8081"]);

    private static SecretSource KeyIn(string file)
    {
        var source = new SecretSource { File = file };
        return source.Read() is not null ? source
            : throw new StartupException([$"--key-file names {file}, which does not exist or is empty"]);
    }
}
