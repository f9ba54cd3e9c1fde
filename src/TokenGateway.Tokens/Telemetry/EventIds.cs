namespace TokenGateway.Tokens.Telemetry;

/// <summary>Ids of log events. They are stable: alerts and log searches rely on them, and a number is never used twice.</summary>
internal static class EventIds
{
    // 1000s: rotation
    public const int Rotated = 1000;
    public const int RotationNotSent = 1001;
    public const int RotationRefused = 1002;
    public const int RotationRejected = 1003;
    public const int RotationInDoubt = 1004;
    public const int StoreUnavailable = 1005;
    public const int StoreProblem = 1006;
    public const int StoreRepaired = 1007;
    public const int RotationRefusedForLong = 1008;
    public const int SeedAdopted = 1010;
    public const int SeedRefused = 1011;
    public const int FellBack = 1012;
    public const int StandbyUnreadable = 1013;
    public const int SeedHandedOver = 1014;
    public const int SeedGivenUp = 1015;
    public const int SeedRebound = 1016;
    public const int RecordTakenOver = 1017;
    public const int StandbyRefused = 1018;
    public const int CommitPending = 1021;
    public const int BindingChanged = 1022;
    public const int EndPending = 1023;
    public const int RotationSuperseded = 1024;
    public const int StopWaitsForCommit = 1025;
    public const int AnswerNotJournaled = 1026;
    public const int JournalReplayed = 1027;
    public const int JournalUnreadable = 1028;
    public const int NoJournal = 1029;
    public const int AgentFailed = 1030;
    public const int HistoryNotWritten = 1031;
    public const int KeptResponseUnderstood = 1032;
    public const int TokenFoundInvalid = 1040;
    public const int LoginAdopted = 1041;
    public const int PairFoundBelow = 1042;

    // 2000s: token and validate endpoints
    public const int TokenRequestNotSent = 2001;
    public const int TokenRequestAnswered = 2002;
    public const int TokenRequestLost = 2003;
    public const int ValidationUnknown = 2101;
    public const int ValidationInvalid = 2102;

    // 3000s: storage
    public const int StorePollFailed = 3000;
    public const int RedisConnectionLost = 3001;
    public const int RedisConnectionRestored = 3002;
    public const int RedisAnnouncementUnreadable = 3003;
    public const int RedisDurabilityFinding = 3004;
    public const int JournalFileImported = 3010;
    public const int JournalFileForeign = 3011;
    public const int JournalFileNotImported = 3012;
    public const int JournalNotWritten = 3013;
    public const int JournalFileNotDeleted = 3014;

    // 5000s: the gateway
    public const int GatewayStarted = 5001;
    public const int DrainBegun = 5002;
    public const int DrainEnded = 5003;
    public const int ConfigurationFileRefused = 5101;
    public const int ProxyConfigurationRefused = 5102;
    public const int ProxyConfigurationApplied = 5103;
    public const int ConfigurationApplied = 5104;
    public const int ConfigurationRefused = 5105;
    public const int ConfigurationNeedsRestart = 5106;
    public const int EntriesLeftOut = 5107;
    public const int TokenLookupFailed = 5201;
    public const int RequestRefused = 5202;
    public const int RecoveryFailed = 5203;
    public const int ManagementCallFailed = 5301;
    public const int ManagementChangeAsked = 5302;
    public const int ManagementChangeEnded = 5303;
    public const int ManagementChangeRefused = 5304;
    public const int LoginFailed = 5305;
}
