/// The release all programs of this source say they are.
package let version = "0.1.0"
