import JOSE
import OAuth
import Testing

@Suite("SMART App Launch: the example pages' assertions")
struct ClientAssertionExampleTests {
    /// SMART authorization-example-jwks-and-signatures, and example-app-launch-asymmetric-auth steps 5 and 7.
    static let examples: [(clientID: String, audience: String, exp: Int, jti: String, key: String, assertion: String)] =
        [
            (
                "https://bili-monitor.example.com", "https://authorize.smarthealthit.org/token", 1_422_568_860,
                "random-non-reusable-jwt-id-123",
                #"""
                {"kty":"RSA","alg":"RS384","n":"wJq2RHIA-7RT6q4go7wjcbHdW7ck7Kz22A8wf-kN7Wi5CWvhFG2_Y7nQp1lDpb2IKMQr-Q4n_vgJ6d5rWPspJpSPY7iffUK4ipQCEbzID5DJ6fQMBZOfCTXyxkuMh3jYGKEF3Ziw2oxbM1H9j-eJAPtrj5stUG6kVoXowegdox-bSjWP0iI5PnkwUNzcekLMug4M3LRluEQgGR9O_BAML6-w3igZ_rZA_gunyrLAMbfmCVaceW5ohLp679kyM7U6W2gDK_NbkDKcINUakVmPeoG5h8RzgGzvGrySR0k0VDFiZv60Ua07DqHTeDGH9e4NV07AECae-oykIj5NDCs3pw",
                "e":"AQAB","key_ops":["verify"],"ext":true,"kid":"eee9f17a3b598fd86417a980b591fbe6"}
                """#,
                "eyJhbGciOiJSUzM4NCIsImtpZCI6ImVlZTlmMTdhM2I1OThmZDg2NDE3YTk4MGI1OTFmYmU2IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2JpbGktbW9uaXRvci5leGFtcGxlLmNvbSIsInN1YiI6Imh0dHBzOi8vYmlsaS1tb25pdG9yLmV4YW1wbGUuY29tIiwiYXVkIjoiaHR0cHM6Ly9hdXRob3JpemUuc21hcnRoZWFsdGhpdC5vcmcvdG9rZW4iLCJleHAiOjE0MjI1Njg4NjAsImp0aSI6InJhbmRvbS1ub24tcmV1c2FibGUtand0LWlkLTEyMyJ9.D5kAqNJwaftCqsRdVVQDq6dMBxuGFOF5svQJuXbcYp-oEyg5qOwK9ZE5cGLTHxqwfpUPNzRKgVdIGuhawAA-8g0s1nKQae8CuKs33hhKh4J34xSEwW3MYs1gwI4GHTtR_g3kYSX6QCi14Ed3GIAvYFgqRqt-gD7sewMUXL4SB8I8cXcDbCqVizm7uPVhjw6QaeKZygJJ_AVLhM4Xs9LTy4HAhdCHpN0FrNmCerUIYJvHDpcod7A0jDmxdoeW1KIBYlhdhQNwjtsTvT1ce4qacN_3KIv_fIzCKLIgDv9eWxkjAtxOmIm8aW5gX9xX7X0nbd0QglIyiic_bZVNNEh0kg"
            ),
            (
                "https://bili-monitor.example.com", "https://authorize.smarthealthit.org/token", 1_422_568_860,
                "random-non-reusable-jwt-id-123",
                #"""
                {"kty":"EC","crv":"P-384","x":"pyqburM9y8HPcFhNosDW6ngoVEJitqXi_HJgI5hYqX21PoFDwCbYirGy_o0oapIU",
                "y":"95bxkCnMKoHvgbcPAIAcgzzu8scd81mXfM_IzuJFNfkUNkGYBFGvuEU1KPi5j1ob","key_ops":["verify"],"ext":true,
                "kid":"cd520211e5661dbba2256f67f6d53f97","alg":"ES384"}
                """#,
                "eyJhbGciOiJFUzM4NCIsImtpZCI6ImNkNTIwMjExZTU2NjFkYmJhMjI1NmY2N2Y2ZDUzZjk3IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2JpbGktbW9uaXRvci5leGFtcGxlLmNvbSIsInN1YiI6Imh0dHBzOi8vYmlsaS1tb25pdG9yLmV4YW1wbGUuY29tIiwiYXVkIjoiaHR0cHM6Ly9hdXRob3JpemUuc21hcnRoZWFsdGhpdC5vcmcvdG9rZW4iLCJleHAiOjE0MjI1Njg4NjAsImp0aSI6InJhbmRvbS1ub24tcmV1c2FibGUtand0LWlkLTEyMyJ9.ddl5N8dt5PYI_7syKg_dm1wj1LR3dYVztFlTODs6pU1vKH1Zv3d9NctbnAsZ4aZ1K7HE83_fA_hIAL0JsU1GoB7roLmrpj8zfygG9Q1ZBAmKNoR60pyONPZsGTihoR29"
            ),
            (
                "demo_app_whatever", Self.launcher, 1_633_532_134,
                "d802bd72cfea0635a3a27b0817b81e41e0f743318188938b012c20366bdfe8a1", Self.demoKey,
                "eyJ0eXAiOiJKV1QiLCJraWQiOiJhZmIyN2MyODRmMmQ5Mzk1OWMxOGZhMDMyMGUzMjA2MCIsImFsZyI6IkVTMzg0In0.eyJpc3MiOiJkZW1vX2FwcF93aGF0ZXZlciIsInN1YiI6ImRlbW9fYXBwX3doYXRldmVyIiwiYXVkIjoiaHR0cHM6Ly9zbWFydC5hcmdvLnJ1bi92L3I0L3NpbS9leUp0SWpvaU1TSXNJbXNpT2lJeElpd2lhU0k2SWpFaUxDSnFJam9pTVNJc0ltSWlPaUk0TjJFek16bGtNQzA0WTJGbExUUXhPR1V0T0Rsak55MDROalV4WlRaaFlXSXpZellpZlEvYXV0aC90b2tlbiIsImp0aSI6ImQ4MDJiZDcyY2ZlYTA2MzVhM2EyN2IwODE3YjgxZTQxZTBmNzQzMzE4MTg4OTM4YjAxMmMyMDM2NmJkZmU4YTEiLCJleHAiOjE2MzM1MzIxMzR9.eHUtXmppOLIMAfBM4mFpcgJ90bDNYWQpkm7--yRS2LY5HoXwr3FpqHMTrjhK60r5kgYGFg6v9IQaUFKFpn1N2Eyty62JWxvGXRlgEDbdX9wAAr8TeWnsAT_2orfpn6wz"
            ),
            (
                "demo_app_whatever", Self.launcher, 1_633_533_775,
                "2ff0a79f75d7abfea07da86efd8d65c94efcc9c4603b6a1dd08308a1b121efe0", Self.demoKey,
                "eyJ0eXAiOiJKV1QiLCJraWQiOiJhZmIyN2MyODRmMmQ5Mzk1OWMxOGZhMDMyMGUzMjA2MCIsImFsZyI6IkVTMzg0In0.eyJpc3MiOiJkZW1vX2FwcF93aGF0ZXZlciIsInN1YiI6ImRlbW9fYXBwX3doYXRldmVyIiwiYXVkIjoiaHR0cHM6Ly9zbWFydC5hcmdvLnJ1bi92L3I0L3NpbS9leUp0SWpvaU1TSXNJbXNpT2lJeElpd2lhU0k2SWpFaUxDSnFJam9pTVNJc0ltSWlPaUk0TjJFek16bGtNQzA0WTJGbExUUXhPR1V0T0Rsak55MDROalV4WlRaaFlXSXpZellpZlEvYXV0aC90b2tlbiIsImp0aSI6IjJmZjBhNzlmNzVkN2FiZmVhMDdkYTg2ZWZkOGQ2NWM5NGVmY2M5YzQ2MDNiNmExZGQwODMwOGExYjEyMWVmZTAiLCJleHAiOjE2MzM1MzM3NzV9.MGw_W9EMJ1dYjmXZ6piel5-mHMusBUtZ6E5aLAZeXJXG-3PF5Ruqpq90NKXM4JP2R9t0AhCna2gGTX2XFGZT0HtxUXt08xprcWbRzz4EIu2sZsXspVf8Y5JDqtwQh3MU"
            ),
        ]

    static let launcher =
        "https://smart.argo.run/v/r4/sim/eyJtIjoiMSIsImsiOiIxIiwiaSI6IjEiLCJqIjoiMSIsImIiOiI4N2EzMzlkMC04Y2FlLTQxOGUtODljNy04NjUxZTZhYWIzYzYifQ/auth/token"

    static let demoKey = #"""
        {"kty":"EC","crv":"P-384","x":"wcE8O55ro6aOuTf5Ty1k_IG4mTcuLiVercHouge1G5Ri-leevhev4uJzlHpi3U8r",
        "y":"mLRgz8Giu6XA_AqG8bywqbygShmd8jowflrdx0KQtM5X4s4aqDeCRfcpexykp3aI",
        "kid":"afb27c284f2d93959c18fa0320e32060","alg":"ES384"}
        """#

    @Test("each is accepted at its time with its key, and expired a minute after", arguments: 0..<4)
    func accepted(_ index: Int) throws {
        let example = Self.examples[index]
        let registered = try RegisteredKeys(registeringJWKS: Array("{\"keys\":[\(example.key)]}".utf8))
        guard case .given(let jwks) = registered else {
            Issue.record("a pasted set is kept as one")
            return
        }
        let assertion = try ClientAssertion(example.assertion)
        #expect(assertion.claimedClientID == example.clientID)
        func checked(at seconds: Int) throws -> CheckedAssertion {
            try assertion.checked(
                for: example.clientID, keys: registered, audiences: [example.audience], at: Instant(seconds))
        }
        guard case .verified(let verified) = try checked(at: example.exp - 299).verified(with: JWKSet(json: jwks))
        else {
            Issue.record("the key was not found")
            return
        }
        #expect(verified.jti == example.jti && verified.rememberUntil == Instant(example.exp + 60))
        #expect(throws: OAuthError.self) { try checked(at: example.exp + 60) }
    }
}
