using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>Which threads of this process do what. Its own affair, before it opens a socket: a host may share its process with others.</summary>
internal static class ProcessThreads
{
    /// <summary>Without Redis there are as many as cores: more only get in each other's way, which costs a twentieth of a request's CPU.</summary>
    private const int ThreadsBesideRedis = 32;

    /// <summary>.NET's own setting, which is read when the first socket is opened. Who has set it is left alone.</summary>
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static void Arrange(StoreKind store)
    {
        if (store == StoreKind.Redis)
        {
            // The Redis client blocks threads while it looks for a new primary: with as few as there are cores, requests stood still for seconds meanwhile.
            ThreadPool.GetMinThreads(out var workers, out var completions);
            ThreadPool.SetMinThreads(Math.Max(workers, ThreadsBesideRedis), completions);
        }
        else if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            // What was read from a socket goes on where it was read, not by way of another thread: a tenth of a request's CPU. Nothing may block there (DiskWork, ServerCertificates).
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }
}
