nas 1

space lists {
  input x: image[8, 8, 4]
  let hs = [h |> relu for h in split(x, 4)]
  output concat(hs) |> classifier(10)
}
