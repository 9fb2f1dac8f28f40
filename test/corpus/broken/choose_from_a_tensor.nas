nas 1
// A single tensor is no list.

space lists {
  input x: image[8, 8, 1]
  let h = choose from x
  output h |> classifier(10)
}
