import HTTP
import OAuth

extension HTML {
    /// Where somebody says why, for the trail.
    static func reasonField(_ label: HTML, hint: HTML, _ reason: String, isMissing: Bool) -> HTML {
        """
        <div class="field">
        <label for="reason">\(label)</label>
        <p class="hint" id="reason-hint">\(hint)</p>
        <input id="reason" name="reason" type="text" value="\(reason)" autocomplete="off" \
        maxlength="\(StatedReason.longest)" aria-describedby="reason-hint" \
        required\(" aria-invalid=\"true\"", if: isMissing)>
        </div>
        """
    }
}
