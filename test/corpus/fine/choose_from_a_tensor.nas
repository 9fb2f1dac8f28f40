nas 1

space lists {
  input x: image[8, 8, 1]
  let h = choose from [x, relu(x)]
  output h |> classifier(10)
}
