nas 1
// A tensor has no elements to go through.

space lists {
  input x: image[8, 8, 1]
  let hs = [h |> relu for h in x]
  output concat(hs) |> classifier(10)
}
