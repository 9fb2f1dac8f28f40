nas 1
// Two answers that are sound alone, and not together.

space together(c = 8) {
  input x: image[16, 16, 1]
  let stem = x |> conv(c, 3)
  let a = stem |> choose down { keep: identity, halve: max_pool(2, 2) }
  let b = a |> choose again { keep: identity, quarter: max_pool(4, 4) }
  let d = b |> conv(c, 3, padding: valid)
  output d |> classifier(10)
}
