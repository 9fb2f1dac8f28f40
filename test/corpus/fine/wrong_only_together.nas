nas 1

space together(c = 8) {
  input x: image[16, 16, 1]
  let stem = x |> conv(c, 3)
  let a = stem |> choose down { keep: identity, halve: max_pool(2, 2) }
  let b = a |> choose again { keep: identity, half: max_pool(2, 2) }
  let d = b |> conv(c, 3, padding: valid)
  output d |> classifier(10)
}
