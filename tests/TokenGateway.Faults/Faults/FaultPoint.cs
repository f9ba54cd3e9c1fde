namespace TokenGateway.Faults.Faults;

/// <summary>A named moment in the life of one rotation, as a proxy sees it.</summary>
internal enum FaultPoint
{
    /// <summary>The intent was sent to the store and has not reached it.</summary>
    IntentSent,

    /// <summary>The POST was sent to the provider and has not reached it.</summary>
    PostSent,

    /// <summary>The POST has reached the provider.</summary>
    PostArrived,

    /// <summary>The provider has answered, and the answer has not reached the gateway.</summary>
    Answered,

    /// <summary>The answer has been handed to the gateway.</summary>
    AnswerArrived,

    /// <summary>The commit was sent to the store and has not reached it.</summary>
    CommitSent,
}
