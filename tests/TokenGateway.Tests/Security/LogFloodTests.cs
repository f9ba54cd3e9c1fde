using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TokenGateway.Hosting;

namespace TokenGateway.Tests.Security;

public sealed class LogFloodTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly KeptLog _kept = new();

    [Fact]
    public void Repeated_warnings_are_counted_and_told_when_the_window_ends()
    {
        using var loggers = new SummarisedLoggers(_kept, _time);
        var logger = loggers.CreateLogger("category");

        for (var i = 0; i < 10_000; i++)
        {
            logger.LogWarning(new EventId(7, "Failed"), "Credential {Credential} failed {Time}", "plum", i);
        }

        Assert.Equal(SummarisedLoggers.Most, _kept.Lines.Count);
        _time.Advance(SummarisedLoggers.Window);
        Assert.Equal($"{10_000 - SummarisedLoggers.Most} more entries like those before (Failed) came within 10 s and are left out", _kept.Lines.Last());
        Assert.Equal(SummarisedLoggers.Most + 1, _kept.Lines.Count);
    }

    [Fact]
    public void Each_kind_and_each_credential_counts_for_itself()
    {
        using var loggers = new SummarisedLoggers(_kept, _time);
        var logger = loggers.CreateLogger("category");
        for (var i = 0; i < 100; i++)
        {
            logger.LogWarning(7, "Credential {Credential}", "plum");
        }

        logger.LogWarning(7, "Credential {Credential}", "pear");
        logger.LogWarning(8, "Credential {Credential}", "plum");
        loggers.CreateLogger("other").LogError(7, "Credential {Credential}", "plum");

        Assert.Equal(SummarisedLoggers.Most + 3, _kept.Lines.Count);
    }

    [Fact]
    public void A_few_now_and_then_and_what_is_no_warning_all_pass()
    {
        using var loggers = new SummarisedLoggers(_kept, _time);
        var logger = loggers.CreateLogger("category");
        for (var i = 0; i < 10; i++)
        {
            for (var j = 0; j < SummarisedLoggers.Most; j++)
            {
                logger.LogError(7, "failed");
            }

            _time.Advance(SummarisedLoggers.Window);
        }

        for (var i = 0; i < 100; i++)
        {
            logger.LogInformation(9, "told");
        }

        Assert.Equal((10 * SummarisedLoggers.Most) + 100, _kept.Lines.Count);
        Assert.DoesNotContain(_kept.Lines, line => line.Contains("left out", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_counted_is_told_before_the_end()
    {
        var loggers = new SummarisedLoggers(_kept, _time);
        var logger = loggers.CreateLogger("category");
        for (var i = 0; i < SummarisedLoggers.Most + 3; i++)
        {
            logger.LogError(7, "failed");
        }

        loggers.Dispose();

        Assert.StartsWith("3 more entries", _kept.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void Kinds_without_end_do_not_grow_memory_without_end()
    {
        using var loggers = new SummarisedLoggers(_kept, _time);
        var logger = loggers.CreateLogger("category");
        for (var i = 0; i < 20_000; i++)
        {
            logger.LogWarning(i, "failed");
        }

        Assert.InRange(_kept.Lines.Count, 1, 5000);
    }
}
